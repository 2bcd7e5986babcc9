import type { LocalServer } from '@larder/local-servers';
import { Redis } from 'ioredis';
import { aRedis } from '../support/local.server.js';
import { closeNodes } from '../support/nodes.js';
import { anAheadNode, anAheadRegion, closeAheadNodes, TestClock, type AheadNode } from '../support/preloading.js';

let shared: LocalServer;
let queue: LocalServer;
let redis: Redis;

beforeAll(async () => {
  [shared, queue] = await Promise.all([aRedis({ role: 'cache' }), aRedis({ role: 'queue' })]);
  redis = new Redis(queue.url);
});
afterEach(async () => {
  await closeAheadNodes();
  await closeNodes();
  await redis.flushall();
});
afterAll(async () => {
  redis.disconnect();
  await Promise.all([shared.stop(), queue.stop()]);
});

const TICK_MS = 10_000;
const HELD = 'larder:{lock:preload}';
type TestRegion = ReturnType<typeof anAheadRegion>;

const aNodeOf = (region: TestRegion, clock = new TestClock()): Promise<AheadNode> =>
  anAheadNode({ cacheUrl: shared.url, queueUrl: queue.url }, region, clock);
const neighbourOfBed = async ({ preloading }: AheadNode, region: TestRegion): Promise<[string, number][]> => {
  const found = await preloading.neighboursOf(region, { id: 'bed' }, 5);
  return found.map(({ params, weight }) => [params.id, Math.round(weight)]);
};

describe('the learner', () => {
  it('is one of several processes, the same from tick to tick, until it gives way', async () => {
    const region = anAheadRegion({ leastScore: 3 });
    const clock = new TestClock();
    const [one, other] = [await aNodeOf(region, clock), await aNodeOf(region, clock)];
    await one.walk(undefined, 'lamp', 'lamp', 'lamp', 'lamp');
    const both = await Promise.all([one.preloading.tick(TICK_MS), other.preloading.tick(TICK_MS)]);
    expect(both.map(({ isHeld }) => isHeld).sort()).toEqual([false, true]);
    expect(both.reduce((sum, { loaded }) => sum + loaded, 0)).toBe(1);

    const [first, second] = both[0].isHeld ? [one, other] : [other, one];
    await first.walk(undefined, 'lamp');
    expect(await second.preloading.tick(TICK_MS)).toEqual({ isHeld: false, learned: 0, loaded: 0 });
    expect(await first.preloading.tick(TICK_MS)).toMatchObject({ isHeld: true, learned: 1 });
    await first.preloading.giveBack();
    await first.walk(undefined, 'lamp');
    expect(await second.preloading.tick(TICK_MS)).toMatchObject({ isHeld: true, learned: 1, loaded: 0 });
    expect([...one.asked, ...other.asked]).toEqual([['lamp']]);
  });

  it('that was frozen while another took over stores nothing, and goes on from what that one stored', async () => {
    const region = anAheadRegion();
    const clock = new TestClock();
    const [frozen, other] = [await aNodeOf(region, clock), await aNodeOf(region, clock)];
    await frozen.walk('v1', 'bed', 'mattress');
    await frozen.preloading.tick(TICK_MS);
    await redis.del(HELD); // its time is over
    await other.walk('v2', 'bed', 'mattress');
    await other.preloading.tick(TICK_MS);
    await redis.del(HELD);

    await frozen.walk('v3', 'bed', 'mattress');
    await frozen.preloading.tick(TICK_MS); // by a model that lacks the second visitor
    expect(await neighbourOfBed(other, region)).toEqual([['mattress', 2]]);
    await frozen.preloading.tick(TICK_MS);
    expect(await neighbourOfBed(other, region)).toEqual([['mattress', 3]]);
  });

  it('goes on after a restart from what was learned, each read once', async () => {
    const region = anAheadRegion({ leastScore: 1_000, leastWorth: 1, share: 1 });
    const clock = new TestClock();
    const before = await aNodeOf(region, clock);
    for (const visitor of ['v1', 'v2']) await before.walk(visitor, 'bed', 'mattress');
    await before.preloading.tick(TICK_MS);
    await before.walk('v3', 'bed', 'mattress'); // told, and not learned yet
    await closeAheadNodes();
    await redis.del(HELD);

    const after = await aNodeOf(region, clock);
    expect(await after.preloading.tick(TICK_MS)).toMatchObject({ learned: 2 });
    expect(await neighbourOfBed(after, region)).toEqual([['mattress', 3]]);
    expect((await after.preloading.reports()).get(region.name)).toMatchObject({
      tracked: 2,
      hottest: [{ score: expect.closeTo(3, 0) as number }, { score: expect.closeTo(3, 0) as number }],
    });
  });

  it('stores all that it knows again where the Redis was flushed', async () => {
    const region = anAheadRegion();
    const clock = new TestClock();
    const node = await aNodeOf(region, clock);
    await node.walk('v1', 'bed', 'mattress');
    await node.preloading.tick(TICK_MS);
    await redis.flushall();
    await node.walk('v2', 'desk', 'chair');
    await node.preloading.tick(TICK_MS);
    await closeAheadNodes();
    await redis.del(HELD);

    const after = await aNodeOf(region, clock);
    await after.walk('v3', 'bed', 'mattress');
    await after.preloading.tick(TICK_MS);
    expect(await neighbourOfBed(after, region)).toEqual([['mattress', 2]]);
  });

  it('passes over what is no batch, and says so', async () => {
    const region = anAheadRegion();
    const node = await aNodeOf(region);
    const faults: string[] = [];
    node.cache.events.on('fault', ({ cause }) => faults.push((cause as Error).message));
    const key = `larder:{ahead:${region.name}}:accesses`;
    await redis.xadd(key, '*', 'b', '[0,["{}","v",1e999]]');
    await redis.xadd(key, '*', 'other', 'field');
    await node.walk('v1', 'bed', 'mattress');
    expect(await node.preloading.tick(TICK_MS)).toMatchObject({ learned: 2 });
    expect(faults).toEqual(['2 batches are of another shape.']);
    expect(await redis.xlen(key)).toBe(0);
  });

  it('takes a read of the future as one of now', async () => {
    const region = anAheadRegion({ leastScore: 3, share: 0 });
    const clock = new TestClock();
    const node = await aNodeOf(region, clock);
    const future = clock.now() + 365 * 86_400_000;
    await redis.xadd(`larder:{ahead:${region.name}}:accesses`, '*', 'b', `[0,["{\\"id\\":\\"odd\\"}","",${future}]]`);
    await node.walk(undefined, 'lamp', 'lamp', 'lamp', 'lamp');
    expect(await node.preloading.tick(TICK_MS)).toMatchObject({ learned: 5, loaded: 1 });
    expect(node.asked).toEqual([['lamp']]);
  });

  it('learns nothing that is loaded from a walk through everything, and loses nothing by it', async () => {
    const region = anAheadRegion({ leastScore: 3, share: 1 });
    const node = await aNodeOf(region);
    await node.walk(undefined, 'lamp', 'lamp', 'lamp', 'lamp');
    await node.preloading.tick(TICK_MS);
    node.asked.length = 0;
    const everything = Array.from({ length: 3_000 }, (_, number) => `p-${number}`);
    await node.walk('bot', ...everything);
    await node.walk(undefined, 'lamp');
    await node.preloading.tick(TICK_MS);
    const { hottest, tracked } = (await node.preloading.reports()).get(region.name) ?? {};
    expect(node.asked).toEqual([]);
    expect(hottest?.[0]?.key).toBe('{"id":"lamp"}');
    expect(tracked).toBeLessThanOrEqual(201);
  });
});

describe('reads', () => {
  it('that cannot be told are dropped and counted, and fail nobody', async () => {
    const region = anAheadRegion();
    const gone = await aRedis({ role: 'queue' });
    const node = await anAheadNode({ cacheUrl: shared.url, queueUrl: gone.url }, region, new TestClock());
    await gone.stop();
    await node.walk('v1', 'bed', 'mattress');
    expect(node.preloading.droppedAccesses).toBe(2);
    await expect(node.preloading.tick(TICK_MS)).rejects.toThrow();
    await expect(node.preloading.neighboursOf(region, { id: 'bed' }, 5)).rejects.toThrow();
  });

  it('by a visitor or of a key that is too long are not told', async () => {
    const region = anAheadRegion();
    const node = await aNodeOf(region);
    await node.walk('v'.repeat(129), 'bed');
    await node.walk('v1', 'b'.repeat(600));
    expect(node.preloading.droppedAccesses).toBe(2);
    expect(await node.preloading.tick(TICK_MS)).toMatchObject({ learned: 0 });
  });

  it('wait for a learner in bounded room', async () => {
    const region = anAheadRegion();
    const node = await aNodeOf(region);
    for (let batch = 0; batch < 1_300; batch += 1) await node.walk('v1', `p-${batch}`);
    expect(await redis.xlen(`larder:{ahead:${region.name}}:accesses`)).toBeLessThan(1_200);
  });
});
