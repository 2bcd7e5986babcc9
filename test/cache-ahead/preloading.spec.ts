import type { LocalServer } from '@larder/local-servers';
import { aRedis } from '../support/local.server.js';
import { closeNodes } from '../support/nodes.js';
import { anAheadNode, anAheadRegion, closeAheadNodes, TestClock, type AheadNode } from '../support/preloading.js';

let shared: LocalServer;
let queue: LocalServer;

beforeAll(async () => {
  [shared, queue] = await Promise.all([aRedis({ role: 'cache' }), aRedis({ role: 'queue' })]);
});
afterEach(async () => {
  await closeAheadNodes();
  await closeNodes();
});
afterAll(() => Promise.all([shared.stop(), queue.stop()]));

const TICK_MS = 10_000;

const aNodeOf = (region: ReturnType<typeof anAheadRegion>, clock = new TestClock()): Promise<AheadNode> =>
  anAheadNode({ cacheUrl: shared.url, queueUrl: queue.url }, region, clock);

describe('what a visitor reads next', () => {
  it('is loaded when the one before it is read, and used', async () => {
    const region = anAheadRegion({ leastWorth: 1, leastScore: 100, share: 1 });
    const { cache, preloading, asked, walk } = await aNodeOf(region);
    for (const visitor of ['v1', 'v2', 'v3']) await walk(visitor, 'bed', 'mattress');
    await preloading.tick(TICK_MS);
    asked.length = 0;

    await cache.read(region, { id: 'bed' }); // a miss, which allows a guess
    await walk('v4', 'bed');
    const { loaded } = await preloading.tick(TICK_MS);

    expect(loaded).toBe(1);
    expect(asked).toEqual([['bed'], ['mattress']]);
    await cache.read(region, { id: 'mattress' });
    expect(asked).toHaveLength(2);
    await walk('v4', 'mattress');
    await preloading.tick(TICK_MS);
    expect((await preloading.reports()).get(region.name)).toMatchObject({ preloaded: 1, used: 1, wasted: 0 });
  });
});
