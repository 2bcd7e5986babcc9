import { openFleet } from '../harness/fleet.mjs';
import { inFlight, repeated, stopwatch } from '../harness/loop.mjs';
import { openRedis } from '../harness/redis.mjs';
import { openLarder } from '../subjects/larder.mjs';
import { keysOf } from '../subjects/payload.mjs';

const ASKED = 1_024;
const CHUNK = 2_048;
const WIDTH = 64;
const PART = 1 / 4;

const smallProduct = (id) => ({ id, name: 'chair', price: { amount: 1_000, currency: 'USD' } });
const loadSmall = (id) => Promise.resolve(smallProduct(id));
const tagsOf = (count) => (id) => Array.from({ length: count }, (_, at) => `tag-${at}-${id.length}`);

/** A cache whose near store has room for all keys, and a region with so many tags an entry. */
const openCache = async (redisUrl, { keys, tags, near }) => {
  const nearLimits = { maxEntries: 2 * keys + ASKED, maxBytes: 8 * 1_024 ** 3 };
  const policy = {
    near: near ? { ttlMs: 3_600_000 } : false,
    ...(tags > 0 ? { tags: ({ id }) => tagsOf(tags)(id) } : {}),
  };
  const larder = await openLarder(redisUrl, loadSmall, { policy, options: { nearLimits } });
  larder.cache.register(
    larder.region,
    ({ id }) => loadSmall(id),
    (list) => Promise.resolve(list.map(({ id }) => smallProduct(id))),
  );
  return larder;
};

const filledWith = async ({ cache, region }, keys) => {
  for (let from = 0; from < keys.length; from += CHUNK) {
    await cache.readMany(
      region,
      keys.slice(from, from + CHUNK).map((id) => ({ id })),
    );
  }
};

/** The CPU of a near hit, a shared hit and an invalidation, over the same 1,024 keys wherever they lie among the others. */
const grown =
  ({ keys = 1_000, tags = 0, nodes = 1 }) =>
  async () => {
    const redis = await openRedis();
    const near = await openCache(redis.url, { keys, tags, near: true });
    const shared = await openCache(redis.url, { keys, tags, near: false });
    const others = await openFleet(nodes - 1, 'larder', redis.url, { loadMs: 0 });
    const all = keysOf(keys);
    await filledWith(near, all);
    const asked = Array.from({ length: ASKED }, (_, at) => all[Math.floor((at * keys) / ASKED)]);
    let at = 0;
    const reading = async (count) => {
      for (let done = 0; done < count; done += 1) await near.read(asked[(at = (at + 1) % ASKED)]);
    };
    const invalidating = async (forMs) => {
      const names = Array.from({ length: 64 }, (_, number) => `gone-${number}`);
      const stop = stopwatch();
      const until = performance.now() + forMs;
      let count = 0;
      while (performance.now() < until) {
        await near.cache.invalidate(
          near.region,
          names.map((id) => ({ id })),
        );
        count += names.length;
      }
      return (stop().cpuMs * 1e6) / count;
    };
    const measure = async (forMs) => {
      await reading(ASKED);
      const nearHit = (await repeated(reading, forMs * PART)).cpu;
      const sharedHit = (await inFlight(shared.read, asked, { width: WIDTH, forMs: forMs * PART })).cpu;
      return { near: nearHit, shared: sharedHit, invalidate: await invalidating(forMs * 2 * PART) };
    };
    const close = async () => {
      others.close();
      await Promise.all([near.close(), shared.close()]);
      await redis.close();
    };
    return { measure, close };
  };

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const TAGS = [1, 8, 32];
const NODES = [1, 2, 8];
const FIGURES = { near: 'near hit', shared: 'shared hit', invalidate: 'invalidation' };

const sizes = SIZES.map((keys) => [
  `${keys}-keys`,
  { label: `${keys.toLocaleString('en')} keys`, open: grown({ keys }) },
]);
const tagged = TAGS.map((tags) => [
  `${tags}-tags`,
  { label: tags === 1 ? '1 tag an entry' : `${tags} tags an entry`, open: grown({ tags }) },
]);
const nodes = NODES.map((count) => [
  `${count}-nodes`,
  { label: count === 1 ? '1 node on the bus' : `${count} nodes on the bus`, open: grown({ nodes: count }) },
]);

/** The largest against the smallest. */
const flat = (cases, what) =>
  Object.entries(FIGURES).map(([figure, name]) => ({
    name: `growth ${what} ${name}`,
    figure,
    unit: 'ns CPU',
    subject: cases.at(-1)[0],
    goals: [{ against: cases[0][0], most: 1.2 }],
  }));

export default {
  row: 14,
  name: 'growth',
  title: 'Cost as it grows',
  setting:
    'Larder alone, small values, a Redis for each case. 1,024 keys are asked for, evenly among all; invalidations go 64 at a time. The other nodes are processes of their own; the CPU is that of the one that reads and invalidates.',
  rounds: 5,
  lives: 1,
  isOrdered: true,
  figures: { near: 'ns CPU near hit', shared: 'ns CPU shared hit', invalidate: 'ns CPU invalidation' },
  cases: Object.fromEntries([...sizes, ...tagged, ...nodes]),
  results: [...flat(sizes, 'keys'), ...flat(tagged, 'tags'), ...flat(nodes, 'nodes')],
};
