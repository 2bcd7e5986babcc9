import { defineRegion, minutes, observeReads, type LoadContext } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { untilAwaited } from '../support/awaited.lease.js';
import { aGate, aNode, closeNodes } from '../support/nodes.js';
import { aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';

let redis: LocalServer;
let serial = 0;

const untilPast = async (ms: number): Promise<void> => {
  const end = performance.now() + ms;
  await until(() => performance.now() > end, { withinMs: ms + 1_000 });
};

const aRegion = <V>(policy: object = {}) =>
  defineRegion<{ id: string }, V>({
    name: `region-${(serial += 1)}`,
    version: 1,
    key: ({ id }) => id,
    ttlMs: minutes(1),
    ...policy,
  });

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(closeNodes);
afterAll(() => redis.stop());

describe('reading through the cache', () => {
  it.each([null, 0, '', false, { deep: [1, null] }])('keeps %p and tells it from absence', async (value) => {
    const region = aRegion<unknown>();
    const cache = await aNode(redis.url, { near: false });
    let loads = 0;
    const load = (): Promise<unknown> => Promise.resolve(((loads += 1), value));

    const first = await cache.read(region, { id: 'a' }, load);
    const { result, reads } = await observeReads(() => cache.read(region, { id: 'a' }, load));

    expect([first, result]).toEqual([value, value]);
    expect(reads).toMatchObject([{ outcome: 'hit', tier: 'shared' }]);
    expect(loads).toBe(1);
  });

  it('refuses undefined and keeps nothing', async () => {
    const region = aRegion<unknown>();
    const cache = await aNode(redis.url);

    await expect(cache.read(region, { id: 'a' }, () => Promise.resolve(undefined))).rejects.toMatchObject({
      code: 'CACHE_VALUE_UNDEFINED',
    });

    expect(await cache.read(region, { id: 'a' }, () => Promise.resolve('now'))).toBe('now');
  });

  it('loads once for 500 callers in each of two processes', async () => {
    const region = aRegion<string>();
    const nodes = [await aNode(redis.url), await aNode(redis.url)];
    const gate = aGate();
    let loads = 0;
    const load = async (): Promise<string> => {
      loads += 1;
      await gate.opened;
      return 'value';
    };

    const reads = nodes.flatMap((cache) => Array.from({ length: 500 }, () => cache.read(region, { id: 'a' }, load)));
    await untilAwaited(redis.url, region);
    gate.open();

    expect(new Set(await Promise.all(reads))).toEqual(new Set(['value']));
    expect(loads).toBe(1);
  });

  it("hands the loader's own error to every waiter, and keeps nothing of it", async () => {
    const region = aRegion<string>();
    const cache = await aNode(redis.url);
    const failure = new Error('no such table');

    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => cache.read(region, { id: 'a' }, () => Promise.reject(failure))),
    );

    expect(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason === failure)).toBe(true);
    expect(await cache.read(region, { id: 'a' }, () => Promise.resolve('there'))).toBe('there');
  });

  it('refuses a fill whose load began before an invalidation by another process', async () => {
    const region = aRegion<number>();
    const [reader, writer] = [await aNode(redis.url), await aNode(redis.url)];
    const [begun, gate] = [aGate(), aGate()];
    let source = 1;
    const slow = async (): Promise<number> => {
      const seen = source;
      begun.open();
      await gate.opened;
      return seen;
    };

    const late = reader.read(region, { id: 'a' }, slow);
    await begun.opened;
    source = 2;
    await writer.invalidate(region, { id: 'a' });
    gate.open();

    expect(await late).toBe(1);
    expect(await reader.read(region, { id: 'a' }, () => Promise.resolve(source))).toBe(2);
    expect(await writer.read(region, { id: 'a' }, () => Promise.resolve(source))).toBe(2);
  });

  it('hands out what no caller can change', async () => {
    const region = aRegion<{ list: number[] }>();
    const cache = await aNode(redis.url);

    const value = await cache.read(region, { id: 'a' }, () => Promise.resolve({ list: [1] }));

    expect(() => value.list.push(2)).toThrow(TypeError);
    expect(await cache.read(region, { id: 'a' }, () => Promise.resolve({ list: [] }))).toEqual({ list: [1] });
  });

  it('serves a stale value at once and refreshes it in the background, once', async () => {
    const region = aRegion<number>({
      ttlMs: 30,
      staleWhileRevalidateMs: minutes(1),
      near: false,
      jitter: 0,
      earlyRefresh: 0,
    });
    const cache = await aNode(redis.url);
    let loads = 0;
    const load = (): Promise<number> => Promise.resolve((loads += 1));
    await cache.read(region, { id: 'a' }, load);
    await untilPast(40);

    const stale = await Promise.all(Array.from({ length: 50 }, () => cache.read(region, { id: 'a' }, load)));

    expect(new Set(stale)).toEqual(new Set([1]));
    await until(() => loads === 2, { withinMs: 1_000 });
    await until(async () => (await cache.read(region, { id: 'a' }, load)) === 2, { withinMs: 1_000 });
  });

  it('serves a stale value when the source fails, and says so', async () => {
    const region = aRegion<string>({ ttlMs: 30, staleIfErrorMs: minutes(1), near: false, jitter: 0, earlyRefresh: 0 });
    const cache = await aNode(redis.url);
    await cache.read(region, { id: 'a' }, () => Promise.resolve('old'));
    await untilPast(40);

    const { result, reads } = await observeReads(() =>
      cache.read(region, { id: 'a' }, () => Promise.reject(new Error('source away'))),
    );

    expect(result).toBe('old');
    expect(reads).toMatchObject([{ outcome: 'stale' }]);
  });

  it('loads what is missing of many in one call, in the order asked', async () => {
    const region = aRegion<string | null>();
    const cache = await aNode(redis.url);
    const batches: string[][] = [];
    cache.register(
      region,
      ({ id }) => Promise.resolve(`one ${id}`),
      (list) =>
        Promise.resolve(
          (batches.push(list.map(({ id }) => id)), list.map(({ id }) => (id === 'c' ? null : `many ${id}`))),
        ),
    );
    await cache.read(region, { id: 'b' });

    const values = await cache.readMany(
      region,
      ['a', 'b', 'c', 'a'].map((id) => ({ id })),
    );

    expect(values).toEqual(['many a', 'one b', null, 'many a']);
    expect(batches).toEqual([['a', 'c']]);
  });

  it('answers and does not keep a value that is larger than the region keeps', async () => {
    const region = aRegion<string>({ maxBytes: 10 });
    const cache = await aNode(redis.url);
    let loads = 0;
    const load = (): Promise<string> => Promise.resolve('x'.repeat(100 + (loads += 1)));

    const lengths = [await cache.read(region, { id: 'a' }, load), await cache.read(region, { id: 'a' }, load)];

    expect(lengths.map(({ length }) => length)).toEqual([101, 102]);
  });

  it('gives up on a loader that hangs, by the hard timeout', async () => {
    const region = aRegion<string>({ hardTimeoutMs: 50 });
    const cache = await aNode(redis.url);
    let signal: AbortSignal | undefined;

    const read = cache.read(region, { id: 'a' }, (_params, context) => {
      signal = context.signal;
      return new Promise<string>(() => undefined);
    });

    await expect(read).rejects.toMatchObject({ code: 'CACHE_LOAD_TIMEOUT' });
    expect(signal?.aborted).toBe(true);
  });

  it('keeps a value as long as its loader says', async () => {
    const region = aRegion<string>({ near: false, earlyRefresh: 0 });
    const cache = await aNode(redis.url);
    await cache.read(region, { id: 'a' }, (_params, context) => {
      context.keep({ ttlMs: 20 });
      return Promise.resolve('short');
    });
    await untilPast(30);

    expect(await cache.read(region, { id: 'a' }, () => Promise.resolve('next'))).toBe('next');
  });

  it('keeps nothing where the loader says so', async () => {
    const region = aRegion<number>();
    const cache = await aNode(redis.url);
    let loads = 0;
    const load = (_params: unknown, context: LoadContext): Promise<number> => {
      context.doNotKeep();
      return Promise.resolve((loads += 1));
    };

    expect([await cache.read(region, { id: 'a' }, load), await cache.read(region, { id: 'a' }, load)]).toEqual([1, 2]);
  });

  it('keeps a value on when its loader says that it is unchanged', async () => {
    const region = aRegion<{ version: number }>({
      ttlMs: 20,
      staleIfErrorMs: minutes(1),
      near: false,
      jitter: 0,
      earlyRefresh: 0,
      versionOf: (value: { version: number }) => value.version,
    });
    const cache = await aNode(redis.url);
    await cache.read(region, { id: 'a' }, () => Promise.resolve({ version: 7 }));
    await untilPast(30);
    const seen: number[] = [];

    const value = await cache.read(region, { id: 'a' }, (_params, context) => {
      seen.push(context.replacesVersion);
      return Promise.resolve(context.unchanged);
    });

    expect(value).toEqual({ version: 7 });
    expect(seen).toEqual([7]);
    const { reads } = await observeReads(() => cache.read(region, { id: 'a' }, () => Promise.resolve({ version: 8 })));
    expect(reads).toMatchObject([{ outcome: 'hit', tier: 'shared' }]);
  });
});
