import { type Cache, days, defineRegion, minutes, observeReads, type Region } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { aNode, closeNodes } from '../support/nodes.js';
import { aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';

const BOUND = { withinMs: 1_000 };
const A = { id: 'a' };
type Numbers = Region<{ id: string }, number | null>;

let redis: LocalServer;
let serial = 0;
const aRegion = (policy: object = {}): Numbers =>
  defineRegion<{ id: string }, number | null>({
    name: `watched-${(serial += 1)}`,
    version: 4,
    key: ({ id }) => id,
    ttlMs: minutes(10),
    jitter: 0,
    earlyRefresh: 0,
    tags: ({ id }) => [`${id}-tagged-${serial}`],
    versionOf: (value) => value,
    ...policy,
  });
const load = (value: number | null) => () => Promise.resolve(value);
const read = async (node: Cache, region: Numbers, value: number | null = 7): Promise<string> => {
  const { reads } = await observeReads(() => node.read(region, A, load(value)));
  return reads.map(({ outcome, tier }) => `${outcome} ${tier}`).join();
};

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(closeNodes);
afterAll(() => redis.stop());

describe('an entry', () => {
  it('that nobody has read is unknown, and so is its region', async () => {
    const node = await aNode(redis.url);
    const region = aRegion();
    await expect(node.administration.entry(region.name, 'a')).rejects.toMatchObject({ code: 'CACHE_REGION_UNKNOWN' });
    await read(node, region);
    await expect(node.administration.entry(region.name, 'b')).rejects.toMatchObject({
      code: 'CACHE_ENTRY_UNKNOWN',
      region: region.name,
      key: 'b',
    });
  });

  it('is told with its tiers, times, version, tags and size', async () => {
    const region = aRegion({ staleWhileRevalidateMs: minutes(1), staleIfErrorMs: minutes(5), near: { ttlMs: 60_000 } });
    const [node, other] = [await aNode(redis.url), await aNode(redis.url)];
    await read(node, region, 1_234);
    other.regions.of(region);

    const entry = await node.administration.entry(region.name, 'a');

    expect(entry).toMatchObject({
      region: region.name,
      key: 'a',
      tier: 'near',
      version: 1_234,
      tags: [`a-tagged-${serial}`],
      bytes: 4,
      isAbsence: false,
      isTagRemoved: false,
      served: 'fresh',
    });
    expect(entry.copies.map(({ tier, served }) => `${tier} ${served}`)).toEqual(['near fresh', 'shared fresh']);
    const [near, shared] = entry.copies;
    const within = (least: number, most: number, actual = NaN): void => {
      expect(actual).toBeGreaterThan(least);
      expect(actual).toBeLessThanOrEqual(most);
    };
    within(-1, 5_000, entry.ageMs);
    within(50_000, 60_000, near?.ttlLeftMs);
    within(590_000, 600_000, shared?.ttlLeftMs);
    within(650_000, 660_000, shared?.staleLeftMs);
    within(890_000, 900_000, shared?.ifErrorLeftMs);
    const elsewhere = await other.administration.entry(region.name, 'a');
    expect(elsewhere.copies.map(({ tier }) => tier)).toEqual(['shared']);
  });

  it('may be that there is no value', async () => {
    const region = aRegion({ near: false });
    const node = await aNode(redis.url);
    await read(node, region, null);
    expect(await node.administration.entry(region.name, 'a')).toMatchObject({ isAbsence: true, tier: 'shared' });
  });

  it.each([
    ['fresh', 'hit shared', { near: false }],
    ['fresh', 'hit near', {}],
    ['stale', 'stale shared', { ttlMs: 1, staleWhileRevalidateMs: minutes(1) }],
    ['on-error', 'miss source', { ttlMs: 1, staleIfErrorMs: minutes(1) }],
  ])('that would be served %s makes the next read a %s', async (served, outcome, policy) => {
    const region = aRegion(policy);
    const node = await aNode(redis.url);
    await read(node, region);

    await until(async () => (await node.administration.entry(region.name, 'a')).served === served, BOUND);

    expect(await read(node, region)).toBe(outcome);
  });

  it('is served from the shared store once its near copy is past its time', async () => {
    const region = aRegion({ near: { ttlMs: 1 } });
    const node = await aNode(redis.url);
    await read(node, region);

    await until(async () => (await node.administration.entry(region.name, 'a')).tier === 'shared', BOUND);

    const { copies } = await node.administration.entry(region.name, 'a');
    expect(copies).toMatchObject([
      { tier: 'near', ttlLeftMs: 0 },
      { tier: 'shared', served: 'fresh' },
    ]);
    expect(copies[0]?.served).not.toBe('fresh');
    expect(await read(node, region)).toBe('hit shared');
  });

  it('whose tag was removed would not be served, and is not', async () => {
    const region = aRegion({ staleWhileRevalidateMs: minutes(1) });
    const [node, other] = [await aNode(redis.url), await aNode(redis.url)];
    await read(node, region);
    await read(other, region);

    await node.administration.invalidateTag(region.name, `a-tagged-${serial}`);

    for (const one of [node, other]) {
      await until(async () => (await one.administration.entry(region.name, 'a')).isTagRemoved, BOUND);
      expect(await one.administration.entry(region.name, 'a')).toMatchObject({ tier: 'shared', served: 'never' });
    }
    expect(await read(other, region)).toBe('miss source');
  });

  it('whose tag was marked stale would be served stale, and is', async () => {
    const region = aRegion({ staleWhileRevalidateMs: minutes(1) });
    const node = await aNode(redis.url);
    await read(node, region);
    await node.invalidateTags([`a-tagged-${serial}`], { markStale: true });
    expect(await node.administration.entry(region.name, 'a')).toMatchObject({ isTagRemoved: false, served: 'stale' });
    expect(await read(node, region)).toBe('stale shared');
  });

  it('that is looked at counts as no read', async () => {
    const region = aRegion();
    const node = await aNode(redis.url);
    await read(node, region);
    const before = node.administration.describe(region.name).counters;
    await node.administration.entry(region.name, 'a');
    expect(node.administration.describe(region.name).counters).toEqual(before);
  });

  it('is unknowable while the shared store is away, and can be invalidated all the same', async () => {
    const own = await aRedis({ role: 'cache' });
    const region = aRegion();
    const node = await aNode(own.url);
    await read(node, region);
    await own.kill('SIGKILL');
    await until(() => !node.isAvailable, { withinMs: 2_000 });

    await expect(node.administration.entry(region.name, 'a')).rejects.toMatchObject({
      code: 'CACHE_STORE_UNAVAILABLE',
    });
    await node.administration.invalidate(region.name, 'a');

    expect(node.unsentInvalidations).toBe(1);
    expect(await read(node, region)).toBe('bypass source');
    await own.stop();
  });
});

describe('what an operator invalidates', () => {
  it.each<[string, (node: Cache, region: Numbers) => Promise<void>]>([
    ['by its key', (node, region) => node.administration.invalidate(region.name, region.encode(A))],
    ['with its whole region', (node, region) => node.administration.clear(region.name)],
  ])('%s is dropped on every node, and nothing else is', async (_how, invalidate) => {
    const [region, spared] = [aRegion(), aRegion()];
    const [node, other] = [await aNode(redis.url), await aNode(redis.url)];
    for (const one of [node, other]) for (const kept of [region, spared]) await read(one, kept);

    await invalidate(node, region);

    for (const one of [node, other]) {
      const keeps = async (): Promise<string> =>
        one.administration.entry(region.name, 'a').then(
          () => 'an entry',
          (error: unknown) => (error as { code: string }).code,
        );
      await until(async () => (await keeps()) === 'CACHE_ENTRY_UNKNOWN', BOUND);
      expect(await read(one, spared)).toBe('hit near');
    }
    expect(await read(other, region)).toBe('miss source');
    expect(node.administration.describe(region.name).counters.invalidations).toBe(1);
  });

  it('has to be in a region that there is', async () => {
    const { administration } = await aNode(redis.url);
    for (const refused of [
      administration.clear('nowhere'),
      administration.invalidate('nowhere', 'a'),
      administration.invalidateTag('nowhere', 'a'),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'CACHE_REGION_UNKNOWN' });
    expect(() => administration.describe('nowhere')).toThrow(/nowhere/);
  });
});

describe('a region', () => {
  it('is told with the policy in force, overrides included', async () => {
    const region = aRegion({ near: { ttlMs: 5_000 } });
    const node = await aNode(redis.url, {
      regions: { [region.name]: { ttlMs: 1_000, ahead: { perTick: 7 } } },
      declared: [region],
    });
    const policy = {
      ttlMs: 1_000,
      staleWhileRevalidateMs: 0,
      staleIfErrorMs: 0,
      absentMs: 30_000,
      near: { ttlMs: 5_000, maxEntries: null },
      consistency: { level: 'bounded', ms: 250 },
      partition: 'bypass',
      jitter: 0,
      earlyRefresh: 0,
      softTimeoutMs: 500,
      hardTimeoutMs: 10_000,
      maxBytes: 1_048_576,
      maxBypassLoads: 64,
      ahead: {
        halfLifeMs: minutes(30),
        graphHalfLifeMs: days(60),
        leastScore: 2,
        leastWorth: 0.5,
        perTick: 7,
        share: 0.2,
        prefetch: 0,
      },
    };
    expect(node.administration.list()).toMatchObject([{ region: region.name, version: 4, policy }]);
    expect(Object.keys(node.administration.describe(region.name).policy)).toEqual(Object.keys(policy));
    const inForce = node.regions.of(region);
    expect(node.regions.of(inForce.region)).toBe(inForce);
  });

  it('is told with what happened in it', async () => {
    const region = aRegion({ near: { ttlMs: minutes(1), maxEntries: 2 } });
    const node = await aNode(redis.url);
    await node.read(region, A, load(1));
    await node.read(region, A, load(1));
    node.regions.of(region);
    await expect(node.read(region, { id: 'b' }, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    for (const id of ['c', 'd', 'e', 'f']) await node.read(region, { id }, load(2));
    await node.administration.invalidate(region.name, 'c');

    const { counters } = node.administration.describe(region.name);

    expect(counters).toMatchObject({
      hits: 1,
      stale: 0,
      misses: 5,
      bypasses: 0,
      hitRate: 1 / 6,
      loads: 6,
      loadFailures: 1,
      collapsed: 0,
      refusedFills: 0,
      invalidations: 1,
      near: { hits: 1, entries: 2, evictions: { entries: 3, bytes: 0, memory: 0 } },
      shared: { hits: 0 },
    });
    expect(counters.near.bytes).toBeGreaterThan(2 * 500);
    const { mean, p50, p95, p99, max } = counters.latencyMs;
    expect([mean, p50, p95, p99, max].every((ms) => ms > 0 && ms < 5_000)).toBe(true);
    expect([p50, p95, p99, max]).toEqual([p50, p95, p99, max].sort((one, other) => one - other));
  });

  it('that nobody has read has rates and latencies of 0', async () => {
    const node = await aNode(redis.url);
    const region = aRegion();
    node.regions.of(region);
    expect(node.administration.describe(region.name).counters).toMatchObject({
      hitRate: 0,
      latencyMs: { mean: 0, p50: 0, p95: 0, p99: 0, max: 0 },
      near: { entries: 0, bytes: 0, evictions: { entries: 0, bytes: 0, memory: 0 } },
    });
  });
});
