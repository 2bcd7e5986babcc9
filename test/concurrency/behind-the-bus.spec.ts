import { connectRedis, observeReads, trackPosition, type Cache } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import type { Redis } from 'ioredis';
import { partitionOf, redisKeys } from '../../libs/caching/src/topology/partitions.js';
import { aBusRelay, type BusRelay } from '../support/bus.relay.js';
import { aRedis } from '../support/local.server.js';
import { aGate, aNode, closeNodes } from '../support/nodes.js';
import { aRegionOf } from '../support/regions.js';
import { until } from '../support/until.js';

let redis: LocalServer;
let relay: BusRelay;
let client: Redis;

const old = (): Promise<number> => Promise.resolve(1);
const current = (): Promise<number> => Promise.resolve(2);
const twoNodes = async (): Promise<[Cache, Cache]> => [await aNode(relay.url), await aNode(redis.url)];

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
  relay = await aBusRelay(redis.url);
  client = connectRedis(redis.url, { role: 'commands', deadlineMs: 2_000 });
  await until(() => client.status === 'ready', { withinMs: 2_000 });
});
afterEach(async () => {
  relay.release();
  await closeNodes();
});
afterAll(async () => {
  client.disconnect();
  await relay.close();
  await redis.stop();
});

describe('a node that does not hear the bus', () => {
  it('sees the removal of a tag within the bound', async () => {
    const region = aRegionOf<number>({ near: false, tags: () => ['removed-unheard'] });
    const [reader, writer] = await twoNodes();
    await reader.read(region, { id: 'a' }, old);
    relay.hold();
    await writer.invalidateTags(['removed-unheard']);
    await until(() => reader.busLagMs > 250, { withinMs: 2_000 });

    expect(await reader.read(region, { id: 'a' }, current)).toBe(2);
  });

  it('sees it at once with its position', async () => {
    const region = aRegionOf<number>({ tags: () => ['removed-with-position'] });
    const [reader, writer] = await twoNodes();
    await reader.read(region, { id: 'a' }, old);
    relay.hold();
    const { position } = await trackPosition(() => writer.invalidateTags(['removed-with-position']));

    expect(await reader.atLeast(position(), () => reader.read(region, { id: 'a' }, current))).toBe(2);
  });

  it('lets no caller join a load that began before its bound', async () => {
    const region = aRegionOf<number>();
    const [reader, writer] = await twoNodes();
    const [begun, gate] = [aGate(), aGate()];
    const before = reader.read(region, { id: 'a' }, () => {
      begun.open();
      return gate.opened.then(old);
    });
    await begun.opened;
    relay.hold();
    await writer.invalidate(region, { id: 'a' });
    await until(() => reader.busLagMs > 600, { withinMs: 2_000 });

    const after = reader.read(region, { id: 'a' }, current);
    gate.open();

    expect(await Promise.all([before, after])).toEqual([1, 2]);
  });

  it.each([
    ['empty', ''],
    ['foreign', 'x'],
    ['of no partition', '99.1-1'],
    ['cut', '0.1'],
    ['overlong', '0.1-1_'.repeat(1_000)],
    ['negative', '-1.1-1'],
    ['ahead of the bus', '0.999999999999999-0'],
  ])('takes a token that is %s for what it is worth', async (what, token) => {
    const region = aRegionOf<number>();
    const node = await aNode(redis.url);
    await node.read(region, { id: 'a' }, old);

    const { result, reads } = await observeReads(() =>
      node.atLeast(token, () => node.read(region, { id: 'a' }, current)),
    );

    expect(result).toBe(1);
    expect(reads).toMatchObject([{ outcome: 'hit', tier: what.startsWith('ahead') ? 'shared' : 'near' }]);
  });
});

describe('a bus that has lost something', () => {
  const partition = partitionOf('lossy');
  const losses: [string, () => Promise<unknown>][] = [
    ['its entries', () => client.del(redisKeys.bus(partition))],
    ['its end', () => client.del(redisKeys.end(partition))],
    ['both', () => client.del(redisKeys.bus(partition), redisKeys.end(partition))],
    ['most of its entries', () => client.xtrim(redisKeys.bus(partition), 'MAXLEN', 1)],
    ['the records of its tags', () => client.del(redisKeys.tag('lossy'))],
    ['everything', () => client.flushall()],
  ];

  it.each(losses)('%s, is noticed by a node that was cut off', async (_what, lose) => {
    const region = aRegionOf<number>({ tags: () => ['lossy'] });
    const [reader, writer] = await twoNodes();
    await reader.read(region, { id: 'a' }, old);
    relay.hold();

    for (let times = 0; times < 5; times += 1) await writer.invalidateTags(['lossy']);
    await lose();
    await writer.invalidateTags(['other', 'lossy-too']);
    relay.release();
    const answeredAt = performance.now();
    await until(() => performance.now() - reader.busLagMs > answeredAt, { withinMs: 5_000 });

    expect(await reader.read(region, { id: 'a' }, current)).toBe(2);
  });

  it('lets no caller join a load that began before the gap', async () => {
    const region = aRegionOf<number>({ consistency: { level: 'bounded', ms: 60_000 } });
    const [reader, writer] = await twoNodes();
    const [begun, gate] = [aGate(), aGate()];
    const before = reader.read(region, { id: 'a' }, () => {
      begun.open();
      return gate.opened.then(old);
    });
    await begun.opened;
    const gap = new Promise((resolve) => reader.events.once('gap', resolve));
    relay.hold();
    await writer.invalidate(region, { id: 'a' });
    await client.flushall();
    relay.release();
    await gap;

    const after = reader.read(region, { id: 'a' }, current);
    gate.open();

    expect(await Promise.all([before, after])).toEqual([1, 2]);
  });

  it('goes on above its last id, though the entries are lost', async () => {
    const writer = await aNode(redis.url);
    const far = '99999999999999-7';
    await writer.invalidateTags(['lossy']);
    await client.del(redisKeys.bus(partition));
    await client.set(redisKeys.end(partition), far); // as by a clock that is set back since

    await writer.invalidateTags(['lossy']);

    expect(await client.get(redisKeys.end(partition))).toBe('99999999999999-8');
    await client.flushall();
  });

  it('takes a tag for removed whose record was lost before it was marked stale', async () => {
    const region = aRegionOf<number>({ near: false, staleWhileRevalidateMs: 60_000, tags: () => ['lossy'] });
    const writer = await aNode(redis.url);
    await writer.read(region, { id: 'a' }, old);
    await writer.invalidateTags(['lossy']);
    await client.del(redisKeys.tag('lossy'));
    await writer.invalidateTags(['lossy'], { markStale: true });
    const later = await aNode(redis.url);

    expect(await later.read(region, { id: 'a' }, current)).toBe(2);
  });
});
