import { defineRegion, minutes, type Cache } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { aRedis } from '../support/local.server.js';
import { aGate, aNode, closeNodes } from '../support/nodes.js';
import { oneOf, randomFrom, seedOfRun } from '../support/random.js';
import { until } from '../support/until.js';
import { breakBy } from './breakage.js';

const INTERLEAVINGS = 10_000;
const AT_ONCE = 500;

const seed = seedOfRun();
const random = randomFrom(seed);
let redis: LocalServer;
let serial = 0;

const aRegion = () =>
  defineRegion<{ id: string }, number>({
    name: `late-${(serial += 1)}`,
    version: 1,
    key: ({ id }) => id,
    ttlMs: minutes(10),
    earlyRefresh: 0,
    tags: ({ id }) => [`late:${id}`],
  });
type Region = ReturnType<typeof aRegion>;

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(closeNodes);
afterAll(() => redis.stop());

/** A turn of the event loop or a few, or none. */
const somewhatLater = async (): Promise<void> => {
  for (let turns = Math.floor(random() * 4); turns > 0; turns -= 1)
    await new Promise((resolve) => setImmediate(resolve));
};

/** One value that is read by one node, changes while its loader is paused, and is invalidated by the same node or another. */
const interleave = async (region: Region, id: string, [reader, writer]: readonly [Cache, Cache]): Promise<number> => {
  let source = 1;
  const [hasRead, mayFill] = [aGate(), aGate()];
  const read = reader.read(region, { id }, async () => {
    const seen = source;
    hasRead.open();
    await mayFill.opened;
    return seen;
  });
  await hasRead.opened;
  source = 2;
  const invalidate = oneOf<() => Promise<void>>(
    [() => writer.invalidate(region, { id }), () => writer.invalidateTags([`late:${id}`])],
    random(),
  );
  const isFillFirst = random() < 0.5;
  if (isFillFirst) mayFill.open();
  await somewhatLater();
  const invalidated = invalidate();
  await somewhatLater();
  mayFill.open();
  await Promise.all([read, invalidated]);
  return source;
};

/** How many of so many values were kept although they were older than their invalidation. */
const staleAmong = async (count: number): Promise<number> => {
  const [one, other] = [await aNode(redis.url), await aNode(redis.url)];
  let stale = 0;
  for (let done = 0; done < count; done += AT_ONCE) {
    const region = aRegion();
    const ids = Array.from({ length: AT_ONCE }, (_, at) => String(at));
    const nodes = oneOf<[Cache, Cache]>(
      [
        [one, other],
        [one, one],
      ],
      random(),
    );
    const rounds = ids.map((id) => interleave(region, id, nodes));
    await Promise.all(rounds);
    const answeredAt = performance.now();
    const hasHeard = (node: Cache): boolean => performance.now() - node.busLagMs > answeredAt;
    await until(() => hasHeard(one) && hasHeard(other), { withinMs: 5_000 });
    for (const node of [one, other]) {
      const values = await Promise.all(ids.map((id) => node.read(region, { id }, () => Promise.resolve(2))));
      stale += values.filter((value) => value !== 2).length;
    }
  }
  return stale;
};

describe(`a value that changes while its loader is paused, by seed ${seed} (LARDER_SEED)`, () => {
  it(`is kept in none of ${INTERLEAVINGS} interleavings`, async () => {
    expect(await staleAmong(INTERLEAVINGS)).toBe(0);
  }, 120_000);

  it('would be kept were a fill to need no lease', async () => {
    const repair = breakBy('fill without a lease');
    try {
      expect(await staleAmong(AT_ONCE * 2)).toBeGreaterThan(0);
    } finally {
      repair();
    }
  });
});
