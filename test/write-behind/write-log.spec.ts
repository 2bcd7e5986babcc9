import { type PendingWrite, type Region, type WriteBehindLog, type WriteSink } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { Redis } from 'ioredis';
import type { Connection } from 'mongoose';
import { aMongo, aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';
import { aDatabase, aLoggedRegion, aSink, aWriteLog, closeWriteLogs, type Kept } from '../support/write-logs.js';

let queue: LocalServer;
let mongo: LocalServer;
let database: Connection;
let redis: Redis;

beforeAll(async () => {
  [queue, mongo] = await Promise.all([aRedis({ role: 'queue' }), aMongo()]);
  database = await aDatabase(mongo.url);
  redis = new Redis(queue.url);
});
afterEach(closeWriteLogs);
afterAll(async () => {
  redis.disconnect();
  await database.close();
  await Promise.all([queue.stop(), mongo.stop()]);
});

const A = { id: 'a' };

const aLog = async (region: Region<{ id: string }, Kept | null>): Promise<WriteBehindLog> => {
  const log = aWriteLog(queue.url);
  log.register(region, aSink(database, region));
  await until(() => log.unavailableFor === undefined && log.isReadable, { withinMs: 2_000 });
  return log;
};
const keptIn = (region: { name: string }, id = 'a'): Promise<Record<string, unknown> | null> =>
  database.collection<{ _id: string }>(region.name).findOne({ _id: id });
const insert = async (region: { name: string }, document: Record<string, unknown> & { _id: string }): Promise<void> => {
  await database.collection<{ _id: string; version: number }>(region.name).insertOne({ version: 1, ...document });
};

describe('an accepted write', () => {
  it('is pending until it is flushed, and in the source then', async () => {
    const region = aLoggedRegion();
    const log = await aLog(region);
    await insert(region, { _id: 'a', name: 'old' });

    const { writeId, position, durability } = await log.append(region, A, { set: { name: 'new' } });

    expect(durability).toBe('durable');
    expect(await log.state(writeId)).toEqual({ state: 'pending' });
    expect(await log.pending(region, [A])).toMatchObject([[{ set: { name: 'new' }, last: position, count: 1 }]]);
    expect(await keptIn(region)).toMatchObject({ name: 'old' });
    expect(await log.flush()).toBe(1);
    expect(await keptIn(region)).toEqual({ _id: 'a', name: 'new', version: 2, log: { applied: position } });
    expect(await log.state(writeId)).toEqual({ state: 'flushed' });
    expect(await log.pending(region, [A])).toEqual([[]]);
  });

  it('is merged with those before it: fields by the last value, addends by their sum, versions by one', async () => {
    const region = aLoggedRegion();
    const log = await aLog(region);
    await insert(region, { _id: 'a', name: 'old', views: 5 });
    for (const name of ['one', 'two', 'three']) await log.append(region, A, { set: { name } });
    await Promise.all(Array.from({ length: 100 }, () => log.append(region, A, { add: { views: 2 } })));
    await log.append(region, A, { set: { colour: 'red' } });
    const before = await log.figures();

    expect(await log.flush()).toBe(104);

    expect(await keptIn(region)).toMatchObject({ name: 'three', colour: 'red', views: 205, version: 2 });
    const after = await log.figures();
    expect([before.depth, before.entries, after.depth, after.entries, after.bytes]).toEqual([104, 1, 0, 0, 0]);
    expect(before.coalesced).toBeGreaterThanOrEqual(103);
    expect(after.oldestMs).toBe(0);
  });

  it.each<[string, Parameters<WriteBehindLog['append']>[2][], Record<string, unknown> | null]>([
    ['a field set after it was added to', [{ add: { views: 3 } }, { set: { views: 1 } }], { views: 1, version: 2 }],
    ['a field added to after it was set', [{ set: { views: 1 } }, { add: { views: 3 } }], { views: 4, version: 2 }],
    [
      'a whole value, then a field',
      [{ replace: { name: 'w', old: 1 } }, { set: { name: 'x' } }],
      { name: 'x', old: 1, version: 2 },
    ],
    ['a field, then a whole value', [{ set: { name: 'x' } }, { replace: { other: 1 } }], { other: 1, version: 2 }],
    ['text that looks like a path', [{ replace: { name: '$version' } }], { name: '$version', version: 2 }],
    ['a path', [{ set: { 'size.width': 3 } }], { name: 'old', views: 5, size: { width: 3 }, version: 2 }],
    ['a deletion', [{ set: { name: 'x' } }, { delete: true }, { set: { name: 'y' } }], { isDeleted: true, version: 1 }],
    ['a value after a deletion', [{ delete: true }, { replace: { name: 'again' } }], { name: 'again', version: 2 }],
  ])('%s leaves what its order says, all at once or one by one', async (_what, operations, expected) => {
    for (const each of [false, true]) {
      const region = aLoggedRegion();
      const log = await aLog(region);
      await insert(region, { _id: 'a', name: 'old', views: 5 });
      for (const operation of operations) {
        await log.append(region, A, operation);
        if (each) await log.flush();
      }
      await log.flush();
      const { version, ...fields } = (await keptIn(region)) ?? {};
      delete fields['log'];
      delete fields['_id'];
      const { version: wanted, ...wantedFields } = expected ?? {};
      const isWhole = operations.some((operation) => 'replace' in operation || 'delete' in operation);
      expect(fields).toEqual(isWhole || 'size' in wantedFields ? wantedFields : { name: 'old', ...wantedFields });
      if (!each) expect(version).toBe(wanted);
    }
  });

  it('with an id takes effect once, however often it is sent', async () => {
    const region = aLoggedRegion();
    const log = await aLog(region);
    await insert(region, { _id: 'a', views: 0 });
    const send = () => log.append(region, A, { add: { views: 1 } }, { id: 'once' });
    const [first, ...others] = await Promise.all([send(), send(), send()]);
    await log.flush();
    const late = await send();
    await log.flush();
    expect(await keptIn(region)).toMatchObject({ views: 1 });
    for (const other of [...others, late]) expect(other.writeId).toBe(first.writeId);
  });

  it('of a value that is gone is superseded, and does not bring it back', async () => {
    const region = aLoggedRegion();
    const log = await aLog(region);
    const { writeId } = await log.append(region, A, { set: { name: 'x' } });
    await log.flush();
    expect(await keptIn(region)).toBeNull();
    expect(await log.state(writeId)).toEqual({ state: 'flushed', reason: 'superseded' });
  });

  it.each([
    ['no field', {}],
    ['a fraction to be added', { add: { views: 0.5 } }],
    ['too much to be added', { add: { views: 2 ** 32 } }],
    ['a field that MongoDB would take for an operator', { set: { $where: 1 } }],
    ['an empty step of a path', { set: { 'a..b': 1 } }],
    ['a prototype', { set: { '__proto__.x': 1 } }],
    ['more than 100 fields', { set: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}`, i])) }],
    ['more than 1 MiB', { set: { name: 'x'.repeat(1_048_577) } }],
  ])('cannot be one of %s', async (_what, operation) => {
    const region = aLoggedRegion();
    const log = await aLog(region);
    await expect(log.append(region, A, operation)).rejects.toMatchObject({ code: 'WRITE_INVALID' });
    expect(await log.pending(region, [A])).toEqual([[]]);
  });

  it('is asked for by its own id alone', async () => {
    const region = aLoggedRegion();
    const log = await aLog(region);
    const { writeId, position } = await log.append(region, A, { set: { name: 'x' } });
    const [, mark = ''] = Buffer.from(writeId, 'base64url').toString('utf8').split(' ');
    const forged = (...parts: (string | number)[]): string => Buffer.from(parts.join(' ')).toString('base64url');
    const others = [
      forged(position + 1_000, mark, `${region.name}:a`),
      forged(position, mark, `${region.name}:never-written`),
      forged(
        position,
        mark.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
        `${region.name}:a`,
      ),
      forged(position, `${region.name}:a`),
    ];
    for (const unseen of ['', 'nonsense', `${writeId}A`, ...others])
      await expect(log.state(unseen)).rejects.toMatchObject({ code: 'WRITE_UNSEEN' });
  });
});

describe('a flush', () => {
  /** A sink that does its work and then fails, as when its answer is lost. */
  const forgetful = (sink: WriteSink<Kept | null>, times: number): WriteSink<Kept | null> => {
    let left = times;
    return Object.assign(Object.create(sink) as WriteSink<Kept | null>, {
      apply: async (writes: readonly PendingWrite[]) => {
        const outcomes = await sink.apply(writes);
        if ((left -= 1) >= 0) throw Object.assign(new Error('lost'), { name: 'MongoNetworkError' });
        return outcomes;
      },
    });
  };

  it('whose answer was lost is repeated without effect, with what was accepted meanwhile after it', async () => {
    const region = aLoggedRegion();
    const log = await aLog(region);
    await insert(region, { _id: 'a', views: 0 });
    log.register(region, forgetful(aSink(database, region), 1));
    await log.append(region, A, { add: { views: 7 } });
    expect(await log.flush()).toBe(0);
    await log.append(region, A, { add: { views: 100 } });
    await until(async () => (await log.flush(), (await log.figures()).depth === 0), { withinMs: 3_000 });
    expect(await keptIn(region)).toMatchObject({ views: 107 });
  });

  it('is finished by another flusher when its own died', async () => {
    const region = aLoggedRegion();
    const [dead, alive] = [await aLog(region), await aLog(region)];
    await insert(region, { _id: 'a', views: 0 });
    dead.register(region, forgetful(aSink(database, region), Infinity));
    await dead.append(region, A, { add: { views: 7 } });
    await dead.flush();
    await alive.append(region, A, { add: { views: 1 } });
    await until(async () => (await alive.flush(), (await alive.figures()).depth === 0), { withinMs: 15_000 });
    expect(await keptIn(region)).toMatchObject({ views: 8 });
  });

  it('that wakes after others went on changes nothing', async () => {
    const region = aLoggedRegion();
    const [frozen, alive] = [await aLog(region), await aLog(region)];
    await insert(region, { _id: 'a', name: 'old', views: 0 });
    const sink = aSink(database, region);
    let wake: () => void = () => undefined;
    let isAsleep = false;
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    frozen.register(
      region,
      Object.assign(Object.create(sink) as typeof sink, {
        apply: async (writes: readonly PendingWrite[]) => {
          isAsleep = true;
          await asleep;
          return sink.apply(writes);
        },
      }),
    );
    await frozen.append(region, A, { set: { name: 'first' }, add: { views: 1 } });
    const flushing = frozen.flush();
    await until(() => isAsleep, { withinMs: 2_000 });
    await alive.append(region, A, { set: { name: 'second' }, add: { views: 10 } });
    await alive.settle(region, A);
    expect(await keptIn(region)).toMatchObject({ name: 'second', views: 11 });

    wake();
    await flushing;

    expect(await keptIn(region)).toMatchObject({ name: 'second', views: 11 });
    expect((await alive.figures()).depth).toBe(0);
  });

  it('goes on with the others when one is refused, which becomes a dead letter that can be retried', async () => {
    const region = aLoggedRegion();
    const log = await aLog(region);
    await database.createCollection(region.name, { validator: { name: { $not: { $eq: 'bad' } } } });
    for (const id of ['a', 'b', 'c']) await insert(region, { _id: id, name: 'old' });
    const { writeId } = await log.append(region, { id: 'b' }, { set: { name: 'bad' } });
    for (const id of ['a', 'c']) await log.append(region, { id }, { set: { name: 'good' } });
    await log.flush();
    expect([await keptIn(region, 'a'), await keptIn(region, 'c')]).toMatchObject([{ name: 'good' }, { name: 'good' }]);
    await log.append(region, { id: 'b' }, { set: { other: 1 } });
    await until(async () => (await log.flush(), (await log.figures()).depth === 0), { withinMs: 5_000 });

    const [letter, ...others] = (await log.deadLetters.list()).filter(({ region: of }) => of === region.name);

    expect(others).toEqual([]);
    expect(letter).toMatchObject({ region: region.name, name: `${region.name}:b`, write: { set: { name: 'bad' } } });
    expect(await log.state(writeId)).toMatchObject({
      state: 'dead',
      reason: expect.stringContaining('validation') as string,
    });
    expect(await keptIn(region, 'b')).toMatchObject({ name: 'old', other: 1 });
    await database.db?.command({ collMod: region.name, validator: {} });
    await log.deadLetters.retry(letter?.id ?? '');
    await log.flush();
    expect(await keptIn(region, 'b')).toMatchObject({ name: 'bad', other: 1 });
    await expect(log.deadLetters.drop(letter?.id ?? '')).rejects.toMatchObject({ code: 'DEAD_LETTER_UNKNOWN' });
  });

  it('finds what is pending though the stream of the log was deleted', async () => {
    const region = aLoggedRegion();
    const log = await aLog(region);
    await insert(region, { _id: 'a', name: 'old' });
    await log.flush();
    await log.append(region, A, { set: { name: 'new' } });
    await redis.del(...(await redis.keys('larder:{q*}:log')));
    expect(await log.flush()).toBe(1);
    expect(await keptIn(region)).toMatchObject({ name: 'new' });
  });
});
