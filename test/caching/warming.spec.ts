import { defineRegion, minutes } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { aRedis } from '../support/local.server.js';
import { aNode, closeNodes } from '../support/nodes.js';
import { until } from '../support/until.js';

let redis: LocalServer;
beforeAll(async () => (redis = await aRedis({ role: 'cache' })));
afterEach(closeNodes);
afterAll(() => redis.stop());

let serial = 0;
const aRegion = (policy: { ttlMs?: number; tags?: (params: { id: string }) => string[] } = {}) =>
  defineRegion<{ id: string }, { id: string } | null>({
    name: `warmed-${(serial += 1)}`,
    version: 1,
    key: ({ id }) => id,
    ttlMs: minutes(10),
    earlyRefresh: 0,
    ...policy,
  });
const list = (...ids: string[]): { id: string }[] => ids.map((id) => ({ id }));

describe('values that are loaded ahead', () => {
  it('are those that are missing, in one batch, at most so many, and are no reads', async () => {
    const cache = await aNode(redis.url);
    const region = aRegion();
    const batches: string[][] = [];
    cache.register(region, undefined as never, (asked) => {
      batches.push(asked.map(({ id }) => id));
      return Promise.resolve(asked.map(({ id }) => ({ id })));
    });
    await cache.readMany(region, list('a', 'b'));

    expect(await cache.warming.preload(region, list('a', 'c', 'b', 'd', 'e'), { most: 2 })).toEqual(list('c', 'd'));
    expect(batches).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(cache.counters.of(region.name)).toMatchObject({ misses: 2, nearHits: 0, sharedHits: 0, preloads: 2 });
  });

  it('are read one by one where there is no batch loader', async () => {
    const cache = await aNode(redis.url);
    const region = aRegion();
    cache.register(region, ({ id }) => Promise.resolve({ id }));
    expect(await cache.warming.preload(region, list('a', 'b', 'c'))).toEqual(list('a', 'b', 'c'));
    expect(await cache.warming.preload(region, list('a', 'b', 'c'))).toEqual([]);
  });

  it('are those too that cease to be fresh within a time', async () => {
    const cache = await aNode(redis.url);
    const region = aRegion({ ttlMs: minutes(1) });
    cache.register(region, ({ id }) => Promise.resolve({ id }));
    await cache.read(region, { id: 'a' });
    expect(await cache.warming.preload(region, list('a'), { withinMs: 30_000 })).toEqual([]);
    expect(await cache.warming.preload(region, list('a'), { withinMs: 61_000 })).toEqual(list('a'));
  });

  it('are those too that a tag no longer lets be true, however many tags they have', async () => {
    const cache = await aNode(redis.url);
    const tags = Array.from({ length: 40 }, (_, number) => `a-tag-with-a-long-name-${serial}-${number}`);
    const region = aRegion({ tags: () => tags });
    cache.register(region, ({ id }) => Promise.resolve({ id }));
    await cache.read(region, { id: 'a' });
    expect(await cache.warming.preload(region, list('a'))).toEqual([]);
    await cache.invalidateTags([tags[7] ?? '']);
    expect(await cache.warming.preload(region, list('a'))).toEqual(list('a'));
  });

  it('are not those that another process loads', async () => {
    const [one, other] = [await aNode(redis.url), await aNode(redis.url)];
    const region = aRegion();
    let loads = 0;
    for (const cache of [one, other])
      cache.register(region, ({ id }) => {
        loads += 1;
        return Promise.resolve({ id });
      });
    const loaded = await Promise.all([one, other].map((cache) => cache.warming.preload(region, list('a', 'b'))));
    expect(loaded.flat()).toHaveLength(2);
    expect(loads).toBe(2);
  });

  it('reject with what the loader says, and their leases are free again', async () => {
    const cache = await aNode(redis.url);
    const region = aRegion();
    const fault = new Error('the source is away');
    let isAway = true;
    cache.register(region, ({ id }) => (isAway ? Promise.reject(fault) : Promise.resolve({ id })));
    await expect(cache.warming.preload(region, list('a', 'b'))).rejects.toBe(fault);
    isAway = false;
    expect(await cache.warming.preload(region, list('a', 'b'))).toEqual(list('a', 'b'));
  });

  it('are none while the shared store is away', async () => {
    const gone = await aRedis({ role: 'cache' });
    const cache = await aNode(gone.url);
    const region = aRegion();
    cache.register(region, ({ id }) => Promise.resolve({ id }));
    await gone.stop();
    await until(() => !cache.isAvailable, { withinMs: 5_000 });
    expect(await cache.warming.preload(region, list('a'))).toEqual([]);
    expect(await cache.warming.room()).toBe(Infinity);
    await cache.warming.keepWarm(region, list('a'));
  });
});
