import { defineRegion, minutes, observeReads } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { aGate, aNode, closeNodes } from '../support/nodes.js';
import { aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';

let redis: LocalServer;
let serial = 0;
const aRegion = (policy: object = {}) =>
  defineRegion<{ id: string }, number>({
    name: `latest-${(serial += 1)}`,
    version: 1,
    key: ({ id }) => id,
    ttlMs: minutes(10),
    staleIfErrorMs: minutes(10),
    consistency: { level: 'latest' },
    ...policy,
  });

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(closeNodes);
afterAll(() => redis.stop());

describe('a region that promises the latest value', () => {
  it('answers the source from before a write begins until it has ended, on every node', async () => {
    const region = aRegion();
    const [writer, reader] = [await aNode(redis.url), await aNode(redis.url)];
    let source = 1;
    const load = (): Promise<number> => Promise.resolve(source);
    await reader.read(region, { id: 'a' }, load);
    const gate = aGate();

    const write = writer.writing(region, { id: 'a' }, async () => {
      source = 2;
      await gate.opened;
    });
    await until(() => source === 2, { withinMs: 1_000 });
    const during = await observeReads(() => reader.read(region, { id: 'a' }, load));
    gate.open();
    await write;
    const after = await observeReads(() => reader.read(region, { id: 'a' }, load));

    expect([during.result, after.result]).toEqual([2, 2]);
    expect(during.reads).toMatchObject([{ tier: 'source', stored: false }]);
    expect(after.reads).toMatchObject([{ outcome: 'miss', stored: true }]);
  });

  it('is never served near, and from the shared store while nobody writes', async () => {
    const region = aRegion();
    const node = await aNode(redis.url);
    await node.read(region, { id: 'a' }, () => Promise.resolve(1));

    const { reads } = await observeReads(() => node.read(region, { id: 'a' }, () => Promise.resolve(2)));

    expect(reads).toMatchObject([{ outcome: 'hit', tier: 'shared' }]);
  });

  it('keeps nothing of a load that ran beside a write', async () => {
    const region = aRegion();
    const [writer, reader] = [await aNode(redis.url), await aNode(redis.url)];
    let source = 1;

    const late = await reader.read(region, { id: 'a' }, async () => {
      const seen = source;
      await writer.writing(region, { id: 'a' }, () => Promise.resolve((source = 2)));
      return seen;
    });

    expect(late).toBe(1);
    expect(await reader.read(region, { id: 'a' }, () => Promise.resolve(source))).toBe(2);
  });

  it('refuses a write whose readers cannot be told', async () => {
    const own = await aRedis({ role: 'cache' });
    const region = aRegion();
    const node = await aNode(own.url);
    await own.kill('SIGKILL');
    await until(() => !node.isAvailable, { withinMs: 2_000 });
    let hasWritten = false;

    const write = node.writing(region, { id: 'a' }, () => Promise.resolve((hasWritten = true)));

    await expect(write).rejects.toMatchObject({ code: 'CACHE_STORE_UNAVAILABLE' });
    expect(hasWritten).toBe(false);
    await own.stop();
  });

  it('cannot be combined with serving stale values', () => {
    expect(() => aRegion({ partition: 'serve-stale' })).toThrow(/serve-stale/);
  });
});
