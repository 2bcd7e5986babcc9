import { observeReads, type Cache } from '@larder/caching';
import { jest } from '@jest/globals';
import type { LocalServer } from '@larder/local-servers';
import { aRedis } from '../support/local.server.js';
import { aNode, closeNodes } from '../support/nodes.js';
import { aRegionOf } from '../support/regions.js';
import { until } from '../support/until.js';

const HOUR_MS = 3_600_000;

let redis: LocalServer;

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await closeNodes();
});
afterAll(() => redis.stop());

/** A node on a machine whose wall clock goes wrong by so much; nothing but this asks that clock. */
const aNodeOff = async (byMs: number): Promise<Cache> => {
  const { now } = Date;
  jest.spyOn(Date, 'now').mockImplementation(() => now.call(Date) + byMs);
  const node = await aNode(redis.url);
  jest.restoreAllMocks();
  return node;
};

describe('wall clocks that go wrong by an hour', () => {
  it.each([
    [HOUR_MS, -HOUR_MS],
    [-HOUR_MS, HOUR_MS],
  ])('(%p and %p ms) change neither age nor freshness, nor what is invalidated', async (ofOne, ofOther) => {
    const region = aRegionOf<number>({ ttlMs: 60_000 });
    const [one, other] = [await aNodeOff(ofOne), await aNodeOff(ofOther)];
    await one.read(region, { id: 'a' }, () => Promise.resolve(1));

    const { result, reads } = await observeReads(() => other.read(region, { id: 'a' }, () => Promise.resolve(2)));
    expect(result).toBe(1);
    expect(reads).toMatchObject([{ outcome: 'hit', tier: 'shared' }]);
    expect(Math.abs(reads[0]?.ageMs ?? Infinity)).toBeLessThan(5_000);

    await other.invalidate(region, { id: 'a' });
    const answeredAt = performance.now();
    await until(() => performance.now() - one.busLagMs > answeredAt, { withinMs: 2_000 });
    expect(await one.read(region, { id: 'a' }, () => Promise.resolve(3))).toBe(3);
  });
});
