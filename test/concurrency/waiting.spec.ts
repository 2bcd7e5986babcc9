import { observeReads, type Cache } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { aRedis } from '../support/local.server.js';
import { untilAwaited } from '../support/awaited.lease.js';
import { aGate, aNode, closeNodes } from '../support/nodes.js';
import { aRegionOf } from '../support/regions.js';
import { until } from '../support/until.js';

let redis: LocalServer;
const of = (value: number) => (): Promise<number> => Promise.resolve(value);
const took = async <T>(work: Promise<T>): Promise<{ value: T; ms: number }> => {
  const startedAt = performance.now();
  const value = await work;
  return { value, ms: performance.now() - startedAt };
};

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(closeNodes);
afterAll(() => redis.stop());

describe('a caller that waits for the load of another node', () => {
  type Region = ReturnType<typeof aRegionOf<number>>;
  it.each<[string, object, (node: Cache, region: Region) => Promise<unknown>]>([
    ['key', {}, (node, region) => node.invalidate(region, { id: 'a' })],
    ['region', {}, (node, region) => node.clear(region.name)],
    ['written value', {}, (node, region) => node.write(region, { id: 'a' }, 2)],
    [
      'value under a mark',
      { consistency: { level: 'latest' } },
      (node, region) => node.writing(region, { id: 'a' }, of(2)),
    ],
  ])('does not wait for it once it is void by its %s', async (_what, policy, invalidate) => {
    const region = aRegionOf<number>(policy);
    const [holder, waiter, writer] = [await aNode(redis.url), await aNode(redis.url), await aNode(redis.url)];
    writer.regions.of(region);
    const [begun, gate] = [aGate(), aGate()];
    const held = holder.read(region, { id: 'a' }, () => {
      begun.open();
      return gate.opened.then(of(1));
    });
    await begun.opened;
    const waiting = took(waiter.read(region, { id: 'a' }, of(2)));
    await untilAwaited(redis.url, region);
    await invalidate(writer, region);

    const { value, ms } = await waiting;

    expect(value).toBe(2);
    expect(ms).toBeLessThan(1_500);
    gate.open();
    expect(await held).toBe(1);
  });

  it('is answered with what is stale when that takes longer than the soft timeout, as the first is', async () => {
    const region = aRegionOf<number>({ near: false, ttlMs: 1, staleIfErrorMs: 60_000, softTimeoutMs: 100 });
    const [first, second] = [await aNode(redis.url), await aNode(redis.url)];
    await first.read(region, { id: 'a' }, of(1));
    const gate = aGate();
    const slow = (): Promise<number> => gate.opened.then(of(2));
    await until(async () => (await first.administration.entry(region.name, 'a')).served !== 'fresh', {
      withinMs: 1_000,
    });

    const reads = await observeReads(() =>
      Promise.all([first.read(region, { id: 'a' }, slow), second.read(region, { id: 'a' }, slow)]),
    );
    const later = await took(first.read(region, { id: 'a' }, slow));
    gate.open();

    expect(reads.result).toEqual([1, 1]);
    expect(reads.reads.map(({ outcome }) => outcome)).toEqual(['stale', 'stale']);
    expect(later.value).toBe(1);
    expect(later.ms).toBeLessThan(1_000);
    await until(async () => (await second.administration.entry(region.name, 'a')).copies.length > 0, {
      withinMs: 1_000,
    });
  });
});

describe('callers while Redis is away', () => {
  it('are all answered, however many keys they ask for at once', async () => {
    const own = await aRedis({ role: 'cache' });
    const region = aRegionOf<number>({ maxBypassLoads: 10 });
    const node = await aNode(own.url);
    await own.kill('SIGKILL');
    await until(() => !node.isAvailable, { withinMs: 2_000 });
    let [running, most] = [0, 0];
    const load = async (): Promise<number> => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return 1;
    };

    const values = await Promise.all(
      Array.from({ length: 200 }, (_, at) => node.read(region, { id: String(at) }, load)),
    );

    expect(new Set(values)).toEqual(new Set([1]));
    expect(most).toBe(10);
    await own.stop();
  });
});

describe('a cleared region', () => {
  it('keeps nothing of loads that began before it, however many keys there are to go through', async () => {
    const [filler, region] = [aRegionOf<number>(), aRegionOf<number>({ near: false })];
    const [reader, writer] = [await aNode(redis.url), await aNode(redis.url)];
    writer.regions.of(region);
    for (let at = 0; at < 20_000; at += 1_000)
      await Promise.all(Array.from({ length: 1_000 }, (_, plus) => writer.ticket(filler, { id: String(at + plus) })));
    const ids = Array.from({ length: 300 }, (_, at) => String(at));
    let begun = 0;
    const gates = ids.map(() => aGate());
    const reads = ids.map((id, at) =>
      reader.read(region, { id }, async () => {
        begun += 1;
        await gates[at]?.opened;
        return 1;
      }),
    );
    await until(() => begun === ids.length, { withinMs: 5_000 });

    const cleared = writer.clear(region.name);
    for (const gate of gates) {
      gate.open();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all([...reads, cleared]);

    const values = await Promise.all(ids.map((id) => reader.read(region, { id }, of(2))));
    expect(values.filter((value) => value !== 2)).toEqual([]);
  });
});
