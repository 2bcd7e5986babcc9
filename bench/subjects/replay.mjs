import { Redis } from 'ioredis';
import { openRedis } from '../harness/redis.mjs';
import { larder, untilReady } from './larder.mjs';

/** A value is large, so that what else is in Redis hardly counts. */
const VALUE = { padding: 'x'.repeat(32_768) };
const NEAR_BYTES = 1_024 ** 3;
const SAMPLES_AT_ONCE = 50;
/** On a machine that is busy nothing is to be given up: it is not time that is measured. */
const DEADLINE_MS = 10_000;
const NOBODY = '-';

const memoryOf = async (client) => Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))[1]);

/** Leaves Redis with room for so many values of the region, and with none. */
const limitTo = async (client, { cache, region }, entries) => {
  const samples = Array.from({ length: entries }, (_, at) => ({ id: `sample-${at}` }));
  let kept = 0;
  for (let from = 0; from < entries; from += SAMPLES_AT_ONCE) {
    kept += (await cache.warming.preload(region, samples.slice(from, from + SAMPLES_AT_ONCE))).length;
  }
  if (kept < entries) throw new Error(`Redis kept ${kept} of ${entries} samples.`);
  const room = await memoryOf(client);
  await cache.invalidate(region, samples);
  await client.config('SET', 'maxmemory', String(room));
};

/** A process: its cache, and what it notes and learns of reads. `loaded` hears of what it reads from the source. */
const openProcess = async ({ redisUrl, queueRedisUrl, time, entries, policy, near }, loaded) => {
  const { Cache, Preloading, defineRegion } = await larder();
  const nearLimits = { maxEntries: entries, maxBytes: NEAR_BYTES };
  const cache = new Cache({ redisUrl, queueRedisUrl, near, nearLimits, deadlineMs: DEADLINE_MS });
  const region = defineRegion({ name: 'product', version: 1, key: ({ id }) => id, ...policy });
  const batchLoader = (list) => {
    loaded(list.map(({ id }) => id));
    return Promise.resolve(list.map(() => VALUE));
  };
  cache.register(
    region,
    ({ id }) => {
      loaded([id]);
      return Promise.resolve(VALUE);
    },
    batchLoader,
  );
  const preloading = new Preloading({ url: queueRedisUrl, clock: time }, cache);
  preloading.register(region);
  await untilReady(cache);
  const close = async () => {
    await preloading.close();
    await cache.close();
  };
  return { cache, region, preloading, close };
};

/** What was read, found, and loaded ahead, and what became of that: used is what was found before it was gone. */
class Tally {
  views = 0;
  hits = 0;
  demanded = 0;
  preloads = 0;
  used = 0;
  #open = new Set();
  #missed = NOBODY;

  demandedOf(ids) {
    this.demanded += ids.length;
    [this.#missed] = ids;
  }

  preloaded(ids) {
    this.preloads += ids.length;
    for (const id of ids) this.#open.add(id);
  }

  begin() {
    this.#missed = NOBODY;
  }

  end(id) {
    this.views += 1;
    const isPreloaded = this.#open.delete(id);
    if (this.#missed === id) return;
    this.hits += 1;
    if (isPreloaded) this.used += 1;
  }
}

/**
 * A shop of two processes, one that serves and one that works, over Redis as it is set up for both: near and shared store
 * have room for so many `entries`. Each view of `views` is read when its time has come; `work` is what the worker does then.
 */
export const replay = async ({ views, entries, policy, time, openWork, report }) => {
  const [cacheRedis, queueRedis] = await Promise.all([openRedis(report), openRedis(report, { role: 'queue' })]);
  const client = new Redis(cacheRedis.url);
  const tally = new Tally();
  const setting = { redisUrl: cacheRedis.url, queueRedisUrl: queueRedis.url, time, entries, policy };
  let isMeasured = false;
  const [server, worker] = await Promise.all([
    openProcess({ ...setting, near: true }, (ids) => tally.demandedOf(ids)),
    openProcess({ ...setting, near: false }, (ids) => isMeasured && tally.preloaded(ids)),
  ]);
  try {
    await limitTo(client, worker, entries);
    isMeasured = true;
    const work = openWork({ server, worker, entries, time });
    for (const { id, visitor, at } of views) {
      await work.until(at);
      time.moveTo(at);
      tally.begin();
      await server.cache.read(server.region, { id });
      tally.end(id);
      work.viewed({ id, visitor, at });
    }
    const { views: count, hits, demanded, preloads, used } = tally;
    const kept = (await client.keys('larder:*:e:*')).length;
    return { views: count, hits, demanded, preloads, used, kept };
  } finally {
    await Promise.all([server.close(), worker.close()]);
    client.disconnect();
    await Promise.all([cacheRedis.close(), queueRedis.close()]);
  }
};
