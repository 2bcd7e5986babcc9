import { jest } from '@jest/globals';
import { defineRegion, observeReads, type Cache } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { aRedis } from '../support/local.server.js';
import { aNode, closeNodes } from '../support/nodes.js';
import { aRegionOf } from '../support/regions.js';
import { until } from '../support/until.js';

let redis: LocalServer;

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await closeNodes();
});
afterAll(() => redis.stop());

/** Blocks the event loop: nothing is heard and no timer runs meanwhile. */
const block = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

const never = (): Promise<never> => Promise.reject(new Error('loaded again'));
const nearHitsOf = (cache: Cache, region: { readonly name: string }): number => cache.counters.of(region.name).nearHits;

describe('a near hit', () => {
  it.each([null, 0, '', false, 'text', { deep: [1, null] }])('answers %p, and tells it from absence', async (value) => {
    const region = aRegionOf<unknown>();
    const cache = await aNode(redis.url);
    await cache.read(region, { id: 'a' }, () => Promise.resolve(value));

    const { result, reads } = await observeReads(async () => [
      await cache.read(region, { id: 'a' }, never),
      ...(await cache.readMany(region, [{ id: 'a' }])),
    ]);

    expect(result).toEqual([value, value]);
    expect(reads).toMatchObject(Array.from({ length: 2 }, () => ({ outcome: 'hit', tier: 'near' })));
    expect(nearHitsOf(cache, region)).toBe(2);
  });

  it('is found by a key of parts and by one that is long', async () => {
    const region = defineRegion<readonly (string | number)[], string>({
      name: 'keys-of-parts',
      version: 1,
      key: (parts) => (parts.length === 1 ? String(parts[0]) : parts),
      ttlMs: 60_000,
    });
    const cache = await aNode(redis.url);

    for (const params of [['a', 1], ['a', '1'], ['x'.repeat(500)]]) {
      const load = (): Promise<string> => Promise.resolve(JSON.stringify(params));
      await cache.read(region, params, load);
      expect(await cache.read(region, params, never)).toBe(JSON.stringify(params));
    }
    expect(nearHitsOf(cache, region)).toBe(3);
  });

  it('starts the refresh that is due, once, and does not wait for it', async () => {
    const region = aRegionOf<number>({ earlyRefresh: 100, ttlMs: 10_000 });
    const cache = await aNode(redis.url);
    // What chance draws is a refresh that is due from the beginning.
    jest.spyOn(Math, 'random').mockReturnValue(1 - 1e-9);
    let loads = 0;
    cache.register(region, async () => {
      const end = performance.now() + 20;
      await until(() => performance.now() > end, { withinMs: 1_000 });
      return (loads += 1);
    });
    await cache.read(region, { id: 'a' });

    const reads = await Promise.all(Array.from({ length: 20 }, () => cache.read(region, { id: 'a' })));
    jest.restoreAllMocks();
    await until(() => loads === 2 && cache.regions.of(region).refreshing.size === 0, { withinMs: 2_000 });

    expect(new Set(reads)).toEqual(new Set([1]));
    expect(await cache.read(region, { id: 'a' })).toBe(2);
    expect(loads).toBe(2);
  });

  it('is no more served in a turn that blocks past the bound, but for the fifteen uses of one reading of the clock', async () => {
    const region = aRegionOf<number>({ consistency: { level: 'bounded', ms: 250 } });
    const cache = await aNode(redis.url);
    await cache.read(region, { id: 'a' }, () => Promise.resolve(1));
    await until(() => cache.busLagMs < 200, { withinMs: 5_000 });
    await cache.read(region, { id: 'a' }, never);
    expect(nearHitsOf(cache, region)).toBe(1);

    block(400);
    const reads = Array.from({ length: 100 }, () => cache.read(region, { id: 'a' }, never));
    const served = nearHitsOf(cache, region) - 1;

    expect(served).toBeLessThan(16);
    expect(new Set(await Promise.all(reads))).toEqual(new Set([1]));
    expect(nearHitsOf(cache, region) - 1).toBe(served);
  });

  it('is served again once the bus is heard again', async () => {
    const region = aRegionOf<number>();
    const cache = await aNode(redis.url);
    await cache.read(region, { id: 'a' }, () => Promise.resolve(1));
    block(400);

    await until(
      async () => {
        expect(await cache.read(region, { id: 'a' }, never)).toBe(1);
        return nearHitsOf(cache, region) > 0;
      },
      { withinMs: 5_000 },
    );
  });
});

describe('a read that fails before it begins', () => {
  it('rejects, and does not throw, when the key cannot be made', async () => {
    const region = aRegionOf<number>({
      key: ({ id }) => {
        if (id === 'bad') throw new RangeError('no such key');
        return id === 'nan' ? [NaN] : id;
      },
    });
    const cache = await aNode(redis.url);
    await cache.read(region, { id: 'a' }, () => Promise.resolve(1));

    const [thrown, unencodable] = [cache.read(region, { id: 'bad' }), cache.read(region, { id: 'nan' })];

    await expect(thrown).rejects.toThrow(new RangeError('no such key'));
    await expect(unencodable).rejects.toThrow(TypeError);
    expect(await cache.read(region, { id: 'a' }, never)).toBe(1);
  });

  it('rejects when another region has the same name', async () => {
    const region = aRegionOf<number>();
    const cache = await aNode(redis.url);
    await cache.read(region, { id: 'a' }, () => Promise.resolve(1));

    const read = cache.read({ ...region }, { id: 'a' });

    await expect(read).rejects.toMatchObject({ code: 'CACHE_REGION_DUPLICATE' });
  });
});
