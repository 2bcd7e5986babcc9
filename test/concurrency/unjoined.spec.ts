import { once } from 'node:events';
import { connectRedis, observeReads, type Cache } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { aBusRelay, type BusRelay } from '../support/bus.relay.js';
import { aRedis } from '../support/local.server.js';
import { aGate, aNode, closeNodes } from '../support/nodes.js';
import { aRegionOf } from '../support/regions.js';
import { until } from '../support/until.js';

/** A position that no bus reaches while these tests run. */
const FAR_AHEAD = '0.99999999999999-0';

let redis: LocalServer;
let relay: BusRelay;
const old = (): Promise<number> => Promise.resolve(1);
const current = (): Promise<number> => Promise.resolve(2);
/** The first reads by way of the relay, with time to wait for its answers. */
const twoNodes = async (): Promise<[Cache, Cache]> => [
  await aNode(relay.url, { deadlineMs: 5_000 }),
  await aNode(redis.url),
];

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
  relay = await aBusRelay(redis.url, /:e:/);
});
afterEach(async () => {
  relay.release();
  await closeNodes();
});
afterAll(async () => {
  await relay.close();
  await redis.stop();
});

/** Begins `work`, whose look at the shared store is answered, though it does not hear of it until the relay lets go. */
const looking = async <T>(reader: Cache, work: () => Promise<T>): Promise<Promise<T>[]> => {
  await reader.read(aRegionOf<number>({ near: false }), { id: 'known to the relay' }, old);
  relay.hold();
  const begun = work();
  await until(() => relay.isHolding, { withinMs: 2_000 });
  return [begun];
};

describe('a read of the shared store that nobody can join', () => {
  it('keeps no near copy of what was invalidated meanwhile', async () => {
    const region = aRegionOf<number>();
    const [reader, writer] = await twoNodes();
    await writer.read(region, { id: 'a' }, old);
    const [before] = await looking(reader, () => reader.read(region, { id: 'a' }, current));
    const heard = once(reader.events, 'invalidated');

    await writer.invalidate(region, { id: 'a' });
    await heard;
    relay.release();

    expect(await before).toBe(1);
    expect(await reader.read(region, { id: 'a' }, current)).toBe(2);
  });

  it('keeps no near copy when a tag was removed meanwhile, whichever', async () => {
    const region = aRegionOf<number>({ tags: () => ['of-the-unjoined'] });
    const [reader, writer] = await twoNodes();
    await writer.read(region, { id: 'a' }, old);
    const [before] = await looking(reader, () => reader.read(region, { id: 'a' }, current));
    const heard = once(reader.events, 'invalidated');

    await writer.invalidateTags(['of-the-unjoined']);
    await heard;
    relay.release();

    await before;
    expect(await reader.read(region, { id: 'a' }, current)).toBe(2);
  });

  it('keeps a near copy when nothing was said', async () => {
    const region = aRegionOf<number>({ earlyRefresh: 0 });
    const [reader, writer] = await twoNodes();
    await writer.read(region, { id: 'a' }, old);
    const [before] = await looking(reader, () => reader.read(region, { id: 'a' }, current));
    relay.release();
    await before;

    const { reads } = await observeReads(() => reader.read(region, { id: 'a' }, current));

    expect(reads).toMatchObject([{ outcome: 'hit', tier: 'near' }]);
  });

  it('hands on no expired value that was invalidated meanwhile, to stand in when the load fails', async () => {
    const region = aRegionOf<number>({ near: false, ttlMs: 1, jitter: 0, staleIfErrorMs: 60_000 });
    const [reader, writer] = await twoNodes();
    await writer.read(region, { id: 'a' }, old);
    const [begun, gate] = [aGate(), aGate()];
    const failing = (): Promise<number> => {
      begun.open();
      return gate.opened.then(() => Promise.reject(new Error('The source is away.')));
    };
    const [before] = await looking(reader, () => reader.read(region, { id: 'a' }, failing));
    const heard = once(reader.events, 'invalidated');
    await writer.invalidate(region, { id: 'a' });
    await heard;
    relay.release();
    await begun.opened;

    const joined = reader.read(region, { id: 'a' }, failing);
    gate.open();

    const answers = await Promise.allSettled([before, joined]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('hands on an expired value that nothing was said against', async () => {
    const region = aRegionOf<number>({ near: false, ttlMs: 1, jitter: 0, staleIfErrorMs: 60_000 });
    const [reader, writer] = await twoNodes();
    await writer.read(region, { id: 'a' }, old);
    const failing = (): Promise<number> => Promise.reject(new Error('The source is away.'));
    const [before] = await looking(reader, () => reader.read(region, { id: 'a' }, failing));
    relay.release();

    expect(await before).toBe(1);
  });

  it('began when it was asked for: a later caller with a floor does not join what goes on from it', async () => {
    const region = aRegionOf<number>();
    const [reader] = await twoNodes();
    const gate = aGate();
    const read = (): Promise<{ reads: readonly object[] }> =>
      observeReads(() =>
        reader.atLeast(FAR_AHEAD, () => reader.read(region, { id: 'a' }, () => gate.opened.then(current))),
      );
    const [before] = await looking(reader, read);
    const after = read();
    relay.release();
    gate.open();

    expect((await before)?.reads).toMatchObject([{ collapsed: false }]);
    expect((await after).reads).toMatchObject([{ collapsed: false }]);
  });
});

describe('a thousand callers at once', () => {
  const commandsOf = async <T>(name: string, work: () => Promise<T>): Promise<{ result: T; commands: string[][] }> => {
    const client = connectRedis(redis.url, { role: 'commands', deadlineMs: 2_000 });
    await until(() => client.status === 'ready', { withinMs: 2_000 });
    const monitor = await client.monitor();
    const commands: string[][] = [];
    let isOver = false;
    monitor.on('monitor', (_time: string, args: string[], source: string) => {
      if (args[1] === `over:${name}`) isOver = true;
      else if (source !== 'lua' && args.some((arg) => arg.includes(name))) commands.push(args);
    });
    try {
      const result = await work();
      await client.get(`over:${name}`);
      await until(() => isOver, { withinMs: 2_000 });
      return { result, commands };
    } finally {
      monitor.disconnect();
      client.disconnect();
    }
  };
  const thousand = <T>(read: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 1_000 }, read));

  it.each([{}, { near: false as const }])('load a cold key once, in three commands (%j)', async (policy) => {
    const region = aRegionOf<number>(policy);
    const cache = await aNode(redis.url);
    await cache.read(region, { id: 'that redis knows the scripts' }, old);
    let loads = 0;
    const load = (): Promise<number> => Promise.resolve((loads += 1));

    const { result, commands } = await commandsOf(`${region.name}.1:cold`, () =>
      thousand(() => cache.read(region, { id: 'cold' }, load)),
    );

    expect(new Set(result)).toEqual(new Set([1]));
    expect(loads).toBe(1);
    expect(commands.map(([name = '']) => name.toLowerCase())).toEqual(['mget', 'evalsha', 'evalsha']);
  });

  it('read a key that the shared store has in one command, and decode it once', async () => {
    const region = aRegionOf<{ readonly list: readonly number[] }>({ near: false, earlyRefresh: 0 });
    const cache = await aNode(redis.url);
    const load = (): Promise<{ list: number[] }> => Promise.resolve({ list: [1, 2] });
    await cache.read(region, { id: 'warm' }, load);

    const { result, commands } = await commandsOf(`${region.name}.1:warm`, () =>
      thousand(() => cache.read(region, { id: 'warm' }, load)),
    );

    expect(result[0]).toEqual({ list: [1, 2] });
    expect(new Set(result).size).toBe(1);
    expect(commands).toHaveLength(1);
    expect(commands[0]?.slice(1)).toHaveLength(1);
  });

  it('ask for many keys in commands of at most 16', async () => {
    const region = aRegionOf<number>({ near: false, earlyRefresh: 0 });
    const cache = await aNode(redis.url);
    const ids = Array.from({ length: 50 }, (_, number) => `many-${number}`);
    await Promise.all(ids.map((id) => cache.read(region, { id }, current)));

    const { result, commands } = await commandsOf(`${region.name}.1:many-`, () =>
      Promise.all(ids.map((id) => cache.read(region, { id }, old))),
    );

    expect(new Set(result)).toEqual(new Set([2]));
    expect(commands.map(({ length }) => length - 1)).toEqual([16, 16, 16, 2]);
  });
});
