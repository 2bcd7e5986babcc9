import { afterCommit, connectRedis, type Cache } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import type { Redis } from 'ioredis';
import { aRedis } from '../support/local.server.js';
import { aGate, aNode, closeNodes } from '../support/nodes.js';
import { aRegionOf } from '../support/regions.js';
import { until } from '../support/until.js';

let redis: LocalServer;
let client: Redis;

const old = (): Promise<number> => Promise.resolve(1);
const current = (): Promise<number> => Promise.resolve(2);
const isTrusted = (node: Cache) => (): boolean => node.isAvailable && node.unsentInvalidations === 0;

beforeEach(async () => {
  redis = await aRedis({ role: 'cache', args: ['--maxmemory-policy', 'noeviction'] });
  client = connectRedis(redis.url, { role: 'commands', deadlineMs: 2_000 });
  await until(() => client.status === 'ready', { withinMs: 2_000 });
});
afterEach(async () => {
  await closeNodes();
  client.disconnect();
  await redis.stop();
});

describe('no invalidation is lost', () => {
  it('that comes while those before it are sent', async () => {
    const region = aRegionOf<number>({ near: false });
    const node = await aNode(redis.url);
    const ids = Array.from({ length: 3_000 }, (_, at) => String(at));
    for (let at = 0; at < ids.length; at += 500)
      await Promise.all(ids.slice(at, at + 500).map((id) => node.read(region, { id }, old)));
    await redis.kill('SIGSTOP');
    await Promise.all(ids.slice(0, 2_000).map((id) => node.invalidate(region, { id })));
    expect(node.unsentInvalidations).toBe(2_000);

    await redis.kill('SIGCONT');
    for (const id of ids.slice(2_000)) {
      await node.invalidate(region, { id });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(isTrusted(node), { withinMs: 10_000 });

    for (let at = 0; at < ids.length; at += 500) {
      const values = await Promise.all(ids.slice(at, at + 500).map((id) => node.read(region, { id }, current)));
      expect(values.filter((value) => value !== 2)).toEqual([]);
    }
  });

  it.each([
    ['key', (node: Cache, region: ReturnType<typeof aRegionOf<number>>) => node.invalidate(region, { id: 'a' })],
    ['tag', (node: Cache) => node.invalidateTags(['of-a'])],
    ['region', (node: Cache, region: ReturnType<typeof aRegionOf<number>>) => node.clear(region.name)],
    [
      'written value',
      (node: Cache, region: ReturnType<typeof aRegionOf<number>>) => node.write(region, { id: 'a' }, 2),
    ],
  ])('of a %s by a Redis whose memory is full, whose reads are answered', async (what, invalidate) => {
    const region = aRegionOf<number>({ near: false, ...(what === 'tag' && { tags: () => ['of-a'] }) });
    const node = await aNode(redis.url);
    await node.read(region, { id: 'a' }, old);
    await client.config('SET', 'maxmemory', '1');
    expect(await node.read(region, { id: 'new' }, current)).toBe(2);

    await invalidate(node, region);
    expect(await node.read(region, { id: 'a' }, current)).toBe(2);

    await client.config('SET', 'maxmemory', '0');
    await until(isTrusted(node), { withinMs: 5_000 });
    expect(await node.read(region, { id: 'a' }, current)).toBe(2);
  });

  it('when more tags were removed than are kept: then everything is dropped', async () => {
    const region = aRegionOf<number>({ tags: ({ id }) => [`tag-${id}`] });
    const [node, other] = [await aNode(redis.url), await aNode(redis.url)];
    await other.read(region, { id: '7' }, old);
    await redis.kill('SIGSTOP');
    await node.invalidateTags(['first']);
    expect(node.isAvailable).toBe(false);

    await node.invalidateTags(Array.from({ length: 100_001 }, (_, at) => `tag-${at}`));
    expect(node.unsentInvalidations).toBeLessThan(100_000);
    await redis.kill('SIGCONT');
    await until(isTrusted(node), { withinMs: 10_000 });
    const sentAt = performance.now();
    await until(() => performance.now() - other.busLagMs > sentAt, { withinMs: 5_000 });

    expect(await other.read(region, { id: '7' }, current)).toBe(2);
  });

  it('that a transaction left to the background', async () => {
    const region = aRegionOf<number>({ near: false });
    const node = await aNode(redis.url);
    await node.read(region, { id: 'a' }, old);
    const committed = aGate();

    const background = await afterCommit(() =>
      Promise.resolve([committed.opened.then(() => node.invalidate(region, { id: 'a' }))]),
    );
    committed.open();
    await Promise.all(background);

    expect(await node.read(region, { id: 'a' }, current)).toBe(2);
  });

  it.each(['commits', 'fails'])('of a transaction inside another, which %s', async (end) => {
    const region = aRegionOf<number>({ near: false });
    const node = await aNode(redis.url);
    await node.read(region, { id: 'a' }, old);

    const work = afterCommit(async () => {
      await afterCommit(() => node.invalidate(region, { id: 'a' }));
      expect(await node.read(region, { id: 'a' }, current)).toBe(1);
      if (end === 'fails') throw new Error('not committed');
    });
    await (end === 'fails' ? expect(work).rejects.toThrow('not committed') : work);

    expect(await node.read(region, { id: 'a' }, current)).toBe(2);
  });
});
