import { connectRedis, defineRegion, minutes, observeReads } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { aNode, closeNodes } from '../support/nodes.js';
import { aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';

let redis: LocalServer;
let serial = 0;
const aRegion = (policy: object = {}) =>
  defineRegion<{ id: string }, number>({
    name: `bus-${(serial += 1)}`,
    version: 1,
    key: ({ id }) => id,
    ttlMs: minutes(10),
    earlyRefresh: 0,
    ...policy,
  });

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(closeNodes);
afterAll(() => redis.stop());

describe('the bus', () => {
  it('drops the near copy of another node within its bound', async () => {
    const region = aRegion();
    const [reader, writer] = [await aNode(redis.url), await aNode(redis.url)];
    let source = 1;
    const load = (): Promise<number> => Promise.resolve(source);
    await reader.read(region, { id: 'a' }, load);
    const { reads } = await observeReads(() => reader.read(region, { id: 'a' }, load));
    expect(reads).toMatchObject([{ outcome: 'hit', tier: 'near' }]);

    source = 2;
    await writer.invalidate(region, { id: 'a' });

    await until(async () => (await reader.read(region, { id: 'a' }, load)) === 2, { withinMs: 250 });
  });

  it('removes every member of a tag, on every node', async () => {
    const region = aRegion({ tags: () => ['list:red'] });
    const [reader, writer] = [await aNode(redis.url), await aNode(redis.url)];
    let source = 1;
    const load = (): Promise<number> => Promise.resolve(source);
    await Promise.all(['a', 'b'].map((id) => reader.read(region, { id }, load)));

    source = 2;
    await writer.invalidateTags(['list:red']);

    expect(await writer.read(region, { id: 'a' }, load)).toBe(2);
    await until(async () => (await reader.read(region, { id: 'b' }, load)) === 2, { withinMs: 250 });
  });

  it('refuses the fill of a load during which its tag was removed', async () => {
    const region = aRegion({ tags: () => ['list:blue'] });
    const [reader, writer] = [await aNode(redis.url), await aNode(redis.url)];

    const late = await reader.read(region, { id: 'a' }, async () => {
      await writer.invalidateTags(['list:blue']);
      return 1;
    });

    expect(late).toBe(1);
    expect(await reader.read(region, { id: 'a' }, () => Promise.resolve(2))).toBe(2);
    expect(await reader.read(region, { id: 'a' }, () => Promise.resolve(3))).toBe(2);
  });

  it('keeps a tagged value for a node that starts later', async () => {
    const region = aRegion({ tags: () => ['list:green'] });
    const first = await aNode(redis.url);
    await first.read(region, { id: 'a' }, () => Promise.resolve(1));

    const second = await aNode(redis.url);

    expect(await second.read(region, { id: 'a' }, () => Promise.resolve(2))).toBe(1);
  });

  it('clears a whole region on every node', async () => {
    const region = aRegion();
    const [reader, writer] = [await aNode(redis.url), await aNode(redis.url)];
    await reader.read(region, { id: 'a' }, () => Promise.resolve(1));
    await writer.read(region, { id: 'b' }, () => Promise.resolve(1));

    await writer.clear(region.name);

    expect(await writer.read(region, { id: 'b' }, () => Promise.resolve(2))).toBe(2);
    await until(async () => (await reader.read(region, { id: 'a' }, () => Promise.resolve(2))) === 2, {
      withinMs: 250,
    });
  });

  it('drops near copies when the shared store was flushed', async () => {
    const region = aRegion();
    const node = await aNode(redis.url);
    await node.read(region, { id: 'a' }, () => Promise.resolve(1));
    const gap = new Promise((resolve) => node.events.once('gap', resolve));

    const client = connectRedis(redis.url, { role: 'commands' });
    await until(() => client.status === 'ready', { withinMs: 2_000 });
    await client.flushall();
    client.disconnect();

    await gap;
    expect(await node.read(region, { id: 'a' }, () => Promise.resolve(2))).toBe(2);
  });
});
