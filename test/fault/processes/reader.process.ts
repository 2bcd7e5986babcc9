import { isDeepStrictEqual } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../../support/until.js';
import { shownOf, startCaching } from './cached.products.js';
import { type Compared, onOrder, type Reads, say, startOf } from './orders.js';
import { connectMongo, type Kept, nameOf, PRODUCTS, products, wholesOf } from './products.js';

const HOT = 20;
const EVERY_MS = 4;
const SAME_WITHIN_MS = 10_000;
const WARM_WITHIN_MS = 60_000;

/** Reads the hottest documents through the cache all the while, some of which are edited and some of which are not. */
const start = startOf(process.argv[2]);
const database = await connectMongo(start.mongoUrl);
const caching = await startCaching(start, start.cacheUrl ?? '', database);
const unedited = Array.from({ length: HOT }, (_, at) => nameOf(at, start.keys));
const edited = Array.from({ length: HOT }, (_, at) => nameOf(wholesOf(start.keys) + at, start.keys));
let isOver = false as boolean;

/** What has been read since it was asked for. */
class Seen {
  private asked = 0;
  private failed = 0;
  private failure: string | undefined;
  private readonly times: number[] = [];

  async read(id: string): Promise<void> {
    this.asked += 1;
    const began = performance.now();
    try {
      const value = await caching.products.find({ id });
      if (value === null) throw new Error(`${id} is said to be absent`);
      this.times.push(performance.now() - began);
    } catch (error) {
      this.failed += 1;
      this.failure ??= `${id}: ${String(error)}`;
    }
  }

  get reads(): Reads {
    const { asked, failed, failure } = this;
    const times = this.times.toSorted((one, other) => one - other);
    const at = (share: number): number | null => times[Math.floor(times.length * share)] ?? null;
    return { asked, failed, answered: times.length, p50Ms: at(0.5), p99Ms: at(0.99), ...(failure && { failure }) };
  }
}
let seen = { unedited: new Seen(), edited: new Seen() };

/** What the shared store keeps under `id`. */
const sharedValue = async (id: string): Promise<Kept | undefined> =>
  (await caching.cache.kept(products, { id }))?.value ?? undefined;

/** Compares what the cache answers, and what the shared store keeps, with MongoDB, until all is the same or time is up. */
const compare = async (): Promise<Compared> => {
  const documents = (await database.collection<Kept>(PRODUCTS).find().toArray()).map(shownOf);
  const isKept = await Promise.all(documents.map(({ _id }) => sharedValue(_id)));
  let differing: string[] = [];
  const isSame = async (): Promise<boolean> => {
    const same = await Promise.all(
      documents.map(async (document) => {
        const id = document._id;
        const [shared, answered] = [await sharedValue(id), await caching.products.find({ id })];
        return (shared === undefined || isDeepStrictEqual(shared, document)) && isDeepStrictEqual(answered, document);
      }),
    );
    differing = documents.flatMap(({ _id }, at) => (same[at] ? [] : [_id]));
    return differing.length === 0;
  };
  await until(isSame, { withinMs: SAME_WITHIN_MS }).catch(() => undefined); // what differs is told
  return { compared: documents.length, kept: isKept.filter((value) => value !== undefined).length, differing };
};

onOrder(({ order }) => {
  if (order === 'stop') isOver = true;
  if (order === 'compare') void compare().then((compared) => say({ compared }));
  if (order === 'tell reads') {
    say({ reads: { unedited: seen.unedited.reads, edited: seen.edited.reads } });
    seen = { unedited: new Seen(), edited: new Seen() };
  }
});

/** Reads until the shared store keeps each of these. */
const warm = async (ids: readonly string[]): Promise<void> => {
  for (const id of ids)
    await until(
      async () => {
        await caching.products.find({ id });
        return (await sharedValue(id)) !== undefined;
      },
      { withinMs: WARM_WITHIN_MS },
    );
};

await warm([...unedited, ...edited]);
say('ready');
while (!isOver) {
  for (const [into, ids] of [[seen.unedited, unedited] as const, [seen.edited, edited] as const])
    void into.read(ids[Math.floor(Math.random() * ids.length)] ?? ''); // the next read does not wait for this one
  await wait(EVERY_MS);
}
await caching.close();
await database.close();
process.disconnect();
