import { connectRedis, defineRegion, minutes, observeReads, type Cache, type CacheRead } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import type { Redis } from 'ioredis';
import { decodeEnvelope, encodeEnvelope } from '../../libs/caching/src/region/encoded-envelope.js';
import { validatorOf } from '../../libs/caching/src/region/envelope.js';
import { redisKeys } from '../../libs/caching/src/topology/partitions.js';
import { aRedis } from '../support/local.server.js';
import { aNode, closeNodes } from '../support/nodes.js';
import { until } from '../support/until.js';

interface Product {
  readonly name: string;
  readonly sizes: readonly number[];
}

let redis: LocalServer;
let client: Redis;
let serial = 0;
const product = { name: 'Süßer Stuhl', sizes: [1, 2] };
const load = (): Promise<Product> => Promise.resolve(product);
const aRegion = <V = Product>(policy: object = {}) =>
  defineRegion<{ id: string }, V>({
    name: `encoded-${(serial += 1)}`,
    version: 1,
    key: ({ id }) => id,
    ttlMs: minutes(1),
    earlyRefresh: 0,
    ...policy,
  });
type ARegion = ReturnType<typeof aRegion<Product>>;

const observed = async (cache: Cache, region: ARegion, loader: () => Promise<Product> = load) => {
  const { result, reads } = await observeReads(() => cache.readEncoded(region, { id: 'a' }, loader));
  return { ...result, reads: reads.map(({ outcome, tier }): Partial<CacheRead> => ({ outcome, tier })) };
};

/** Puts bytes that are no JSON in the place of the body that the shared store keeps: who decodes them fails. */
const spoil = async (region: ARegion, body: string): Promise<void> => {
  const key = redisKeys.envelope(`${region.name}.1:a`);
  const envelope = decodeEnvelope((await client.getBuffer(key)) ?? Buffer.alloc(0));
  if (!envelope) throw new Error(`Nothing is kept under ${key}.`);
  const { version, freshUntil, staleUntil, errorUntil, writtenAt, costMs, validator, tags } = envelope;
  const times = { version, freshUntil, staleUntil, errorUntil, writtenAt, costMs };
  await client.set(key, encodeEnvelope({ ...times, validator, tags, body: Buffer.from(body) }));
};

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
  client = connectRedis(redis.url, { role: 'commands', deadlineMs: 2_000 });
  await until(() => client.status === 'ready', { withinMs: 2_000 });
});
afterEach(closeNodes);
afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

describe('an encoded read', () => {
  it('answers the same bytes and validator on a miss and on a hit of either tier', async () => {
    const region = aRegion();
    const [first, second] = [await aNode(redis.url), await aNode(redis.url)];

    const answers = [
      await observed(first, region),
      await observed(first, region),
      await observed(second, region),
      await observed(second, region),
    ];

    expect(answers.map(({ reads }) => reads)).toEqual([
      [{ outcome: 'miss', tier: 'source' }],
      [{ outcome: 'hit', tier: 'near' }],
      [{ outcome: 'hit', tier: 'shared' }],
      [{ outcome: 'hit', tier: 'near' }],
    ]);
    for (const { body, validator, isAbsence, freshForMs, ageMs, ...answer } of answers) {
      expect(body.toString()).toBe(JSON.stringify(await first.read(region, { id: 'a' }, load)));
      expect(validator).toBe(validatorOf(body));
      expect(isAbsence).toBe(false);
      expect(freshForMs).toBeGreaterThan(minutes(0.8));
      expect(freshForMs).toBeLessThanOrEqual(minutes(1));
      expect(ageMs).toBeGreaterThanOrEqual(0);
      expect(answer.reads).toEqual([{ outcome: answer.outcome, tier: answer.tier }]);
    }
    expect(second.counters.of(region.name)).toMatchObject({ sharedHits: 1, nearHits: 1, misses: 0, loads: 0 });
  });

  it('decodes nothing on a hit of either tier', async () => {
    const region = aRegion();
    await (await aNode(redis.url)).read(region, { id: 'a' }, load);
    await spoil(region, '{ no JSON');
    const cache = await aNode(redis.url);

    const shared = await observed(cache, region);
    const near = await observed(cache, region);

    expect([shared.body.toString(), near.body.toString()]).toEqual(['{ no JSON', '{ no JSON']);
    expect([shared.reads, near.reads]).toEqual([
      [{ outcome: 'hit', tier: 'shared' }],
      [{ outcome: 'hit', tier: 'near' }],
    ]);
    await expect(cache.read(region, { id: 'a' }, load)).rejects.toThrow(SyntaxError);
  });

  it('leaves a near copy that is decoded for the first who reads it, once and frozen', async () => {
    const region = aRegion();
    await (await aNode(redis.url)).read(region, { id: 'a' }, load);
    const cache = await aNode(redis.url);
    await cache.readEncoded(region, { id: 'a' }, load);

    const { result, reads } = await observeReads(() => cache.read(region, { id: 'a' }, load));

    expect(reads).toMatchObject([{ outcome: 'hit', tier: 'near' }]);
    expect(result).toEqual(product);
    expect(Object.isFrozen(result.sizes)).toBe(true);
    expect(await cache.read(region, { id: 'a' }, load)).toBe(result);
    expect(await cache.readMany(region, [{ id: 'a' }])).toEqual([product]);
  });

  it('tells absence', async () => {
    const region = aRegion<Product | null>();
    const cache = await aNode(redis.url);
    const nothing = (): Promise<null> => Promise.resolve(null);

    for (const outcome of ['miss', 'hit']) {
      const { body, ...answer } = await cache.readEncoded(region, { id: 'none' }, nothing);
      expect(answer).toMatchObject({ outcome, isAbsence: true });
      expect(body.toString()).toBe('null');
    }
  });

  it('answers a stale value as it is, and says so', async () => {
    const region = aRegion({ ttlMs: 1, jitter: 0, staleWhileRevalidateMs: 60_000, near: false });
    const cache = await aNode(redis.url);
    await cache.readEncoded(region, { id: 'a' }, load);
    await until(async () => (await client.pttl(redisKeys.envelope(`${region.name}.1:a`))) < 60_000, {
      withinMs: 1_000,
    });

    const { body, freshForMs, reads } = await observed(cache, region, () => Promise.reject(new Error('not asked')));

    expect(reads).toEqual([{ outcome: 'stale', tier: 'shared' }]);
    expect([JSON.parse(body.toString()), freshForMs]).toEqual([product, 0]);
  });

  it('encodes what is kept nowhere', async () => {
    const region = aRegion();
    const cache = await aNode(redis.url);
    await client.hset(redisKeys.marks(`${region.name}.1:a`), 'a writer', 1);

    const { body, validator, freshForMs, reads } = await observed(cache, region);

    expect(reads).toEqual([{ outcome: 'bypass', tier: 'source' }]);
    expect([JSON.parse(body.toString()), validator, freshForMs]).toEqual([product, validatorOf(body), 0]);
  });

  it('fails as a read does', async () => {
    const region = aRegion();
    const cache = await aNode(redis.url);
    const error = new Error('The source is away.');

    await expect(cache.readEncoded(region, { id: 'a' }, () => Promise.reject(error))).rejects.toBe(error);
    await expect(cache.readEncoded(region, { id: 'a' })).rejects.toMatchObject({ code: 'CACHE_LOADER_MISSING' });
  });
});
