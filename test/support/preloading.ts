import { defineRegion, minutes, Preloading, type Cache, type AheadPolicy, type Region } from '@larder/caching';
import { aNode } from './nodes.js';
import { until } from './until.js';

/** A value of the tests, with the time at which it was loaded. */
export interface Item {
  readonly id: string;
}

const open = new Set<Preloading>();
let serial = 0;

/** A region of its own that is loaded ahead. */
export const anAheadRegion = (ahead: AheadPolicy = {}, ttlMs: number = minutes(10)): Region<{ id: string }, Item> =>
  defineRegion<{ id: string }, Item>({
    name: `ahead-${(serial += 1)}`,
    version: 1,
    key: ({ id }) => id,
    ttlMs,
    earlyRefresh: 0,
    jitter: 0,
    ahead,
  });

/** A clock that stands still until it is moved. */
export class TestClock {
  private at = 1_700_000_000_000;

  now(): number {
    return this.at;
  }

  pass(ms: number): void {
    this.at += ms;
  }
}

/** One process: its cache, its loader with what it was asked, and cache-ahead of one region. */
export interface AheadNode {
  readonly cache: Cache;
  readonly preloading: Preloading;
  /** The ids that the source was asked for, call by call. */
  readonly asked: string[][];
  /** Notes reads by one visitor, in this order, a second apart, and tells the learner. */
  walk(visitor: string | undefined, ...ids: string[]): Promise<void>;
}

/** A process of its own with cache-ahead of `region`. Closed by `closeAheadNodes`, its cache by `closeNodes`. */
export const anAheadNode = async (
  { cacheUrl, queueUrl }: { readonly cacheUrl: string; readonly queueUrl: string },
  region: Region<{ id: string }, Item>,
  clock: TestClock,
): Promise<AheadNode> => {
  const cache = await aNode(cacheUrl);
  const asked: string[][] = [];
  const loadMany = (list: readonly { id: string }[]): Promise<Item[]> => {
    asked.push(list.map(({ id }) => id));
    return Promise.resolve(list.map(({ id }) => ({ id })));
  };
  cache.register(region, async (params) => (await loadMany([params]))[0] as Item, loadMany);
  const preloading = new Preloading({ url: queueUrl, clock }, cache);
  preloading.register(region);
  open.add(preloading);
  await until(() => preloading.isAvailable, { withinMs: 5_000 });
  return {
    cache,
    preloading,
    asked,
    walk: async (visitor, ...ids) => {
      for (const id of ids) {
        preloading.note(region, { id }, visitor);
        clock.pass(1_000);
      }
      await preloading.send();
    },
  };
};

export const closeAheadNodes = async (): Promise<void> => {
  await Promise.all([...open].map((preloading) => preloading.close()));
  open.clear();
};
