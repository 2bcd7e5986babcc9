import { defineRegion, minutes, observeReads } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { aNode, closeNodes } from '../support/nodes.js';
import { aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';

let redis: LocalServer;
let serial = 0;
const aRegion = (policy: object = {}) =>
  defineRegion<{ id: string }, number>({
    name: `away-${(serial += 1)}`,
    version: 1,
    key: ({ id }) => id,
    ttlMs: minutes(10),
    ...policy,
  });

beforeEach(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(async () => {
  await closeNodes();
  await redis.stop();
});

describe('while the shared store is away', () => {
  it('answers from the source when Redis is killed, and from Redis again when it is back', async () => {
    const region = aRegion();
    const node = await aNode(redis.url);
    await node.read(region, { id: 'a' }, () => Promise.resolve(1));

    await redis.kill('SIGKILL');
    await until(() => !node.isAvailable && node.busLagMs > 250, { withinMs: 2_000 });
    const { result, reads } = await observeReads(() => node.read(region, { id: 'a' }, () => Promise.resolve(2)));
    expect(result).toBe(2);
    expect(reads).toMatchObject([{ outcome: 'bypass', tier: 'source' }]);

    await redis.restart();
    await until(() => node.isAvailable, { withinMs: 5_000 });
    await node.read(region, { id: 'a' }, () => Promise.resolve(3));
    expect(await node.read(region, { id: 'a' }, () => Promise.resolve(4))).toBe(3);
  });

  it('answers within the deadline when Redis is frozen, and at once after that', async () => {
    const region = aRegion({ near: false });
    const node = await aNode(redis.url);
    await redis.kill('SIGSTOP');

    const startedAt = performance.now();
    expect(await node.read(region, { id: 'a' }, () => Promise.resolve(1))).toBe(1);
    const firstMs = performance.now() - startedAt;
    expect(await node.read(region, { id: 'a' }, () => Promise.resolve(2))).toBe(2);
    const secondMs = performance.now() - startedAt - firstMs;

    await redis.kill('SIGCONT');
    expect(firstMs).toBeLessThan(600);
    expect(secondMs).toBeLessThan(100);
    await until(() => node.isAvailable, { withinMs: 5_000 });
  });

  it('sends what it could not invalidate before it trusts Redis again', async () => {
    const region = aRegion({ near: false });
    const node = await aNode(redis.url);
    await node.read(region, { id: 'a' }, () => Promise.resolve(1));
    await redis.kill('SIGSTOP');

    await node.invalidate(region, { id: 'a' });
    await redis.kill('SIGCONT');
    await until(() => node.isAvailable, { withinMs: 5_000 });

    expect(await node.read(region, { id: 'a' }, () => Promise.resolve(2))).toBe(2);
  });

  it('refuses where the region says so', async () => {
    const region = aRegion({ partition: 'refuse', near: false });
    const node = await aNode(redis.url);
    await redis.kill('SIGKILL');
    await until(() => !node.isAvailable, { withinMs: 2_000 });

    await expect(node.read(region, { id: 'a' }, () => Promise.resolve(1))).rejects.toMatchObject({
      code: 'CACHE_REGION_REFUSED',
    });
  });

  it('serves a near copy beyond the bound where the region says so, marked as stale', async () => {
    const region = aRegion({ partition: 'serve-stale' });
    const node = await aNode(redis.url);
    await node.read(region, { id: 'a' }, () => Promise.resolve(1));
    await redis.kill('SIGKILL');
    await until(() => !node.isAvailable && node.busLagMs > 250, { withinMs: 2_000 });

    const { result, reads } = await observeReads(() => node.read(region, { id: 'a' }, () => Promise.resolve(2)));

    expect(result).toBe(1);
    expect(reads).toMatchObject([{ outcome: 'stale', tier: 'near' }]);
  });

  it('serves no near copy while the bus is dead', async () => {
    const region = aRegion();
    const node = await aNode(redis.url);
    await node.read(region, { id: 'a' }, () => Promise.resolve(1));
    await redis.kill('SIGSTOP');
    await until(() => node.busLagMs > 250, { withinMs: 2_000 });

    expect(await node.read(region, { id: 'a' }, () => Promise.resolve(2))).toBe(2);
    await redis.kill('SIGCONT');
  });
});
