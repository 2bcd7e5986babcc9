import type { DeadLetter, FieldChange, Region, WriteBehindLog, WriteOperation } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { Redis } from 'ioredis';
import type { Connection } from 'mongoose';
import { aMongo, aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';
import { aDatabase, aLoggedRegion, aSink, aWriteLog, closeWriteLogs, type Kept } from '../support/write-logs.js';

const A = { id: 'a' };
const LARGEST_ADDEND = 2 ** 31;

let queue: LocalServer;
let redis: Redis;
let mongo: LocalServer;
let database: Connection;

beforeAll(async () => {
  [queue, mongo] = await Promise.all([aRedis({ role: 'queue' }), aMongo()]);
  redis = new Redis(queue.url);
  database = await aDatabase(mongo.url);
});
afterEach(async () => {
  closeWriteLogs();
  await redis.flushall();
});
afterAll(async () => {
  redis.disconnect();
  await database.close();
  await Promise.all([queue.stop(), mongo.stop()]);
});

interface Refusing {
  readonly log: WriteBehindLog;
  readonly region: Region<{ id: string }, Kept | null>;
  /** Has the operations accepted and refused for good, as one letter; answers their ids and the letter's. */
  dead(...operations: readonly WriteOperation[]): Promise<{ writeIds: string[]; id: string }>;
  /** From now on MongoDB takes everything. */
  relent(): Promise<void>;
  kept(): Promise<object | null>;
  letters(): Promise<DeadLetter[]>;
}

/** A log whose source refuses whatever sets `bad`, and a document in it. */
const aRefusing = async (): Promise<Refusing> => {
  const region = aLoggedRegion();
  const log = aWriteLog(queue.url);
  log.register(region, aSink(database, region));
  await until(() => log.unavailableFor === undefined && log.isReadable, { withinMs: 2_000 });
  await database.createCollection(region.name, { validator: { bad: { $exists: false } } });
  const documents = database.collection<{ _id: string; [field: string]: unknown }>(region.name);
  await documents.insertOne({ _id: 'a', version: 1, name: 'old', views: 100 });
  const letters = async (): Promise<DeadLetter[]> =>
    (await log.deadLetters.list()).filter((letter) => letter.region === region.name);
  return {
    ...{ log, region, letters },
    dead: async (...operations) => {
      const before = (await letters()).length;
      const writeIds: string[] = [];
      for (const operation of operations) writeIds.push((await log.append(region, A, operation)).writeId);
      await until(async () => (await log.flush(), (await letters()).length > before), { withinMs: 10_000 });
      return { writeIds, id: (await letters()).at(-1)?.id ?? '' };
    },
    relent: async () => {
      await database.db?.command({ collMod: region.name, validator: {} });
    },
    kept: () => documents.findOne({ _id: 'a' }, { projection: { _id: 0, version: 0, log: 0, bad: 0 } }),
  };
};

const bad = (change: FieldChange): FieldChange => ({ ...change, set: { ...change.set, bad: true } });

describe('a dead letter that is retried', () => {
  it('changes what was not written since, adds up, and undoes nothing that was flushed since', async () => {
    const { log, region, dead, relent, kept } = await aRefusing();
    const { id } = await dead(bad({ set: { name: 'dead', color: 'red', 'size.width': 1 }, add: { views: 5 } }));
    await relent();
    await log.append(region, A, { set: { name: 'newer', size: { height: 2 } }, add: { views: 20 } });
    await log.flush();

    await log.deadLetters.retry(id);
    await log.flush();

    expect(await kept()).toEqual({ name: 'newer', color: 'red', size: { height: 2 }, views: 125 });
  });

  it('lies beneath what is pending', async () => {
    const { log, region, dead, relent, kept, letters } = await aRefusing();
    const { id } = await dead(bad({ set: { name: 'dead', color: 'red' }, add: { views: 5, likes: 1 } }));
    await relent();
    await log.append(region, A, { set: { name: 'newer', likes: 7 }, add: { views: 20 } });

    await log.deadLetters.retry(id);

    expect((await log.pending(region, [A]))[0]).toMatchObject([
      { set: { name: 'newer', color: 'red', likes: 7 }, add: { views: 25 } },
    ]);
    await log.flush();
    expect(await kept()).toEqual({ name: 'newer', color: 'red', likes: 7, views: 125 });
    expect(await letters()).toEqual([]);
    expect(await log.figures()).toMatchObject({ depth: 0, entries: 0, bytes: 0 });
  });

  it('is pending, then flushed, by the ids of its writes', async () => {
    const { log, dead, relent } = await aRefusing();
    const { id, writeIds } = await dead({ set: { name: 'one' } }, bad({}));
    const states = (): Promise<string[]> =>
      Promise.all(writeIds.map(async (writeId) => (await log.state(writeId)).state));
    expect(await states()).toEqual(['dead', 'dead']);
    await relent();

    await log.deadLetters.retry(id);

    expect(await states()).toEqual(['pending', 'pending']);
    await log.flush();
    expect(await states()).toEqual(['flushed', 'flushed']);
  });

  it('and dies again is dead again', async () => {
    const { log, dead, letters } = await aRefusing();
    const { id, writeIds } = await dead(bad({}));
    await log.deadLetters.retry(id);
    await until(async () => (await log.flush(), (await letters()).length === 1), { withinMs: 10_000 });
    expect(await log.state(writeIds[0] ?? '')).toMatchObject({ state: 'dead' });
    expect((await letters())[0]?.id).not.toBe(id);
  });

  it('may be larger than one operation', async () => {
    const { log, dead, relent, kept } = await aRefusing();
    const fields = (prefix: string): Record<string, number> =>
      Object.fromEntries(Array.from({ length: 90 }, (_, at) => [`${prefix}${at}`, at]));
    const add = { views: LARGEST_ADDEND };
    const { id } = await dead(bad({ set: fields('a'), add }), { set: fields('b'), add });
    await relent();

    await log.deadLetters.retry(id);
    await log.flush();

    const views = 100 + 2 * LARGEST_ADDEND;
    expect(await kept()).toEqual({ name: 'old', views, ...fields('a'), ...fields('b') });
    expect(await log.figures()).toMatchObject({ depth: 0, entries: 0, bytes: 0 });
  });

  it('does not win over a later one of the same value', async () => {
    const { log, dead, relent, kept } = await aRefusing();
    const first = await dead(bad({ set: { name: 'first', color: 'red' } }));
    const second = await dead(bad({ set: { name: 'second' } }));
    await relent();
    for (const { id } of [first, second]) {
      await log.deadLetters.retry(id);
      await log.flush();
    }
    expect(await kept()).toEqual({ name: 'second', color: 'red', views: 100 });
  });

  it.each<[string, WriteOperation, (log: WriteBehindLog, region: Refusing['region']) => Promise<unknown>]>([
    [
      'was written anew',
      bad({ set: { name: 'dead' } }),
      (log, region) => log.append(region, A, bad({ set: { name: '' } })),
    ],
    [
      'is a whole, and a part was written',
      { replace: { bad: 1 } },
      (log, region) => log.append(region, A, { set: { n: 1 } }),
    ],
    [
      'was replaced',
      bad({ set: { name: 'dead' } }),
      (log, region) => log.append(region, A, { replace: { name: 'b' } }),
    ],
    [
      'is of a value that was made again',
      bad({ set: { name: 'dead' } }),
      (log, region) => log.positionAfter(region, A),
    ],
    ['may be written past the log', bad({ set: { name: 'dead' } }), (log, region) => log.settle(region, A)],
  ])('of which all %s since is refused, stays, and can be dropped', async (_what, operation, write) => {
    const { log, region, dead, relent, kept, letters } = await aRefusing();
    const { id } = await dead(operation);
    await relent();
    await write(log, region);
    for (const isFlushed of [false, true]) {
      if (isFlushed) await log.flush();
      const before = await kept();
      await expect(log.deadLetters.retry(id)).rejects.toMatchObject({ code: 'DEAD_LETTER_SUPERSEDED' });
      await log.flush();
      if (isFlushed) expect(await kept()).toEqual(before);
    }
    expect(await letters()).toMatchObject([{ id }]);
    await log.deadLetters.drop(id);
    expect(await letters()).toEqual([]);
  });

  it('keeps nothing of what was written since once it is gone', async () => {
    const { log, region, dead, relent } = await aRefusing();
    const { id } = await dead(bad({ set: { name: 'dead' } }));
    await relent();
    await log.append(region, A, { set: { name: 'newer', color: 'red' } });
    await log.flush();
    await log.deadLetters.drop(id);
    await log.append(region, A, { set: { name: 'x' } });
    await log.flush();
    expect(await redis.keys('larder:{q*}:since')).toEqual([]);
  });
});
