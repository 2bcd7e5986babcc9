import type { LocalServer } from '@larder/local-servers';
import { Redis } from 'ioredis';
import { aRedis } from '../support/local.server.js';
import { closeNodes } from '../support/nodes.js';
import { anAheadNode, anAheadRegion, closeAheadNodes, TestClock, type AheadNode } from '../support/preloading.js';
import { until } from '../support/until.js';

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
type TestRegion = ReturnType<typeof anAheadRegion>;

const aNodeOf = (region: TestRegion, clock = new TestClock()): Promise<AheadNode> =>
  anAheadNode({ cacheUrl: shared.url, queueUrl: queue.url }, region, clock);
/** A region in which only guesses are loaded, as many as reads missed. */
const guessed = (): TestRegion => anAheadRegion({ leastWorth: 1, leastScore: 1_000, share: 1 });
/** A region in which only what is hot is loaded. */
const warmed = (): TestRegion => anAheadRegion({ leastScore: 3, share: 0 });
/** Three visitors have read a mattress after a bed, and the learner has heard of it. */
const beds = async ({ walk, preloading }: AheadNode): Promise<void> => {
  for (const visitor of ['v1', 'v2', 'v3']) await walk(visitor, 'bed', 'mattress');
  await preloading.tick(TICK_MS);
};
/** A read that misses, so that a guess is allowed, and is noted. */
const look = async (node: AheadNode, region: TestRegion, visitor: string, id: string): Promise<void> => {
  await node.cache.read(region, { id });
  await node.walk(visitor, id);
};
const reportOf = async ({ preloading }: AheadNode, { name }: TestRegion): Promise<unknown> =>
  (await preloading.reports()).get(name);

describe('what a visitor is likely to read', () => {
  it('is loaded once he reads what goes with it, and is told to be used', async () => {
    const region = guessed();
    const node = await aNodeOf(region);
    await beds(node);

    await look(node, region, 'v4', 'bed');
    expect(await node.preloading.tick(TICK_MS)).toMatchObject({ isHeld: true, learned: 1, loaded: 1 });
    expect(node.asked).toEqual([['bed'], ['mattress']]);
    await look(node, region, 'v4', 'mattress');
    expect(node.asked).toHaveLength(2);
    await node.preloading.tick(TICK_MS);
    expect(await reportOf(node, region)).toMatchObject({ preloaded: 1, used: 1, wasted: 0, tracked: 2 });
  });

  it('is loaded after the first miss of a process, which allows the first guess', async () => {
    const region = guessed();
    const clock = new TestClock();
    await beds(await aNodeOf(region, clock));
    await closeAheadNodes();
    await redis.del('larder:{lock:preload}');

    const later = await aNodeOf(region, clock);
    await look(later, region, 'v4', 'bed');
    expect(await later.preloading.tick(TICK_MS)).toMatchObject({ learned: 1, loaded: 1 });
  });

  it('is told to be wasted when nobody reads it while it is kept', async () => {
    const region = guessed();
    const clock = new TestClock();
    const node = await aNodeOf(region, clock);
    await beds(node);
    await look(node, region, 'v4', 'bed');
    await node.preloading.tick(TICK_MS);
    clock.pass(region.ttlMs + 1);
    await node.walk('v5', 'lamp');
    await node.preloading.tick(TICK_MS);
    expect(await reportOf(node, region)).toMatchObject({ preloaded: 1, used: 0, wasted: 1 });
  });

  it('costs the source no more than the share of what missed', async () => {
    const region = anAheadRegion({ leastWorth: 0, leastScore: 1_000, share: 0.2 });
    const node = await aNodeOf(region);
    for (let pair = 0; pair < 20; pair += 1) await node.walk(`v${pair}`, `a${pair}`, `b${pair}`);
    await node.preloading.tick(TICK_MS);
    for (let pair = 0; pair < 20; pair += 1) await look(node, region, `w${pair}`, `a${pair}`);
    expect(await node.preloading.tick(TICK_MS)).toMatchObject({ loaded: 4 });
  });

  it('is learned of visitors whose reads different processes served', async () => {
    const region = guessed();
    const clock = new TestClock();
    const [one, other] = [await aNodeOf(region, clock), await aNodeOf(region, clock)];
    for (const visitor of ['v1', 'v2', 'v3']) {
      await one.walk(visitor, 'bed');
      await other.walk(visitor, 'mattress');
    }
    await one.preloading.tick(TICK_MS);
    expect(await other.preloading.neighboursOf(region, { id: 'bed' }, 5)).toMatchObject([
      { params: { id: 'mattress' }, weight: expect.closeTo(3, 1) as number },
    ]);
  });
});

describe('what is hot', () => {
  it('is loaded anew before it expires, once for each time that it was read', async () => {
    const region = anAheadRegion({ leastScore: 3, share: 0 }, 60_000);
    const node = await aNodeOf(region);
    await node.walk(undefined, 'lamp', 'lamp', 'lamp', 'lamp');
    expect(await node.preloading.tick(TICK_MS)).toMatchObject({ loaded: 1 });
    await node.walk(undefined, 'lamp');
    expect(await node.preloading.tick(TICK_MS)).toMatchObject({ loaded: 0 }); // it is fresh for longer than that
    await node.walk(undefined, 'lamp');
    expect(await node.preloading.tick(70_000)).toMatchObject({ loaded: 1 });
    expect(await node.preloading.tick(70_000)).toMatchObject({ loaded: 0 }); // nobody has read it since
    expect(node.asked).toEqual([['lamp'], ['lamp']]);
  });

  it('is loaded no more once it is read no more', async () => {
    const region = warmed();
    const clock = new TestClock();
    const node = await aNodeOf(region, clock);
    await node.walk(undefined, 'lamp', 'lamp', 'lamp', 'lamp');
    clock.pass(30 * 60_000);
    expect(await node.preloading.tick(TICK_MS)).toMatchObject({ learned: 4, loaded: 0 });
  });

  it('is loaded again after the shared store was flushed', async () => {
    const region = warmed();
    const node = await aNodeOf(region);
    await node.walk(undefined, 'lamp', 'lamp', 'lamp', 'lamp');
    await node.preloading.tick(TICK_MS);
    const store = new Redis(shared.url);
    await store.flushall();
    store.disconnect();
    await until(() => node.cache.busLagMs < 1_000, { withinMs: 5_000 });
    await node.walk(undefined, 'lamp');
    expect(await node.preloading.tick(TICK_MS)).toMatchObject({ loaded: 1 });
  });

  it('is near in a process that starts', async () => {
    const region = warmed();
    const first = await aNodeOf(region);
    await first.walk(undefined, 'lamp', 'lamp', 'lamp', 'lamp');
    await first.preloading.tick(TICK_MS);

    const second = await aNodeOf(region);
    expect(await second.preloading.warm()).toBe(1);
    const { nearHits } = second.cache.counters.of(region.name);
    await second.cache.read(region, { id: 'lamp' });
    expect(second.cache.counters.of(region.name).nearHits).toBe(nearHits + 1);
    expect(second.asked).toEqual([]);
  });

  it('waits while the source is slow or fails', async () => {
    const region = warmed();
    const node = await aNodeOf(region);
    let calls = 0;
    node.cache.register(region, undefined as never, () => {
      calls += 1;
      return Promise.reject(new Error('the source is away'));
    });
    await node.walk(undefined, 'lamp', 'lamp', 'lamp', 'lamp');
    const loaded = [];
    for (let tick = 0; tick < 7; tick += 1) loaded.push((await node.preloading.tick(TICK_MS)).loaded);
    expect(loaded).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(calls).toBe(3); // of the first, third and sixth tick
  });
});

describe('a read that prefetches', () => {
  it('loads what goes with it at once, in the process that read', async () => {
    const region = anAheadRegion({ leastWorth: 1, leastScore: 1_000, share: 1, prefetch: 1 });
    const clock = new TestClock();
    const node = await aNodeOf(region, clock);
    await beds(node);

    clock.pass(TICK_MS); // what missed is looked at from time to time
    await look(node, region, 'v4', 'bed');
    await until(() => node.asked.length === 2, { withinMs: 5_000 });
    expect(node.asked).toEqual([['bed'], ['mattress']]);
  });

  it('loads nothing while nothing missed, nor of what is kept', async () => {
    const region = anAheadRegion({ leastWorth: 1, leastScore: 1_000, share: 1, prefetch: 1 });
    const clock = new TestClock();
    const node = await aNodeOf(region, clock);
    await beds(node);
    clock.pass(TICK_MS);
    await node.walk('v4', 'bed');
    await node.preloading.close();
    expect(node.asked).toEqual([]);
  });
});
