import type { PendingWrite, Region, WriteBehindLog, WriteSink } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import type { Connection } from 'mongoose';
import { aMongo, aRedis } from '../support/local.server.js';
import { aGate } from '../support/nodes.js';
import { until } from '../support/until.js';
import { aDatabase, aLoggedRegion, aSink, aWriteLog, closeWriteLogs, type Kept } from '../support/write-logs.js';

type Sink = WriteSink<Kept | null>;

const A = { id: 'a' };

let queue: LocalServer;
let mongo: LocalServer;
let database: Connection;

beforeAll(async () => {
  [queue, mongo] = await Promise.all([aRedis({ role: 'queue' }), aMongo()]);
  database = await aDatabase(mongo.url);
});
afterEach(closeWriteLogs);
afterAll(async () => {
  await database.close();
  await Promise.all([queue.stop(), mongo.stop()]);
});

const aLog = async (region: Region<{ id: string }, Kept | null>, sink?: Sink): Promise<WriteBehindLog> => {
  const log = aWriteLog(queue.url);
  log.register(region, sink ?? aSink(database, region));
  await until(() => log.unavailableFor === undefined, { withinMs: 2_000 });
  return log;
};
const keptIn = (region: { name: string }): Promise<Record<string, unknown> | null> =>
  database.collection<{ _id: string }>(region.name).findOne({ _id: 'a' });
const insert = async (region: { name: string }, fields: Record<string, unknown>): Promise<void> => {
  await database
    .collection<{ _id: string; version: number }>(region.name)
    .insertOne({ _id: 'a', version: 1, ...fields });
};
/** A sink that does something before it applies writes for the first time. */
const after = (sink: Sink, first: () => Promise<void>): Sink => {
  let isFirst = true;
  return Object.assign(Object.create(sink) as Sink, {
    apply: async (writes: readonly PendingWrite[]) => {
      if (isFirst) {
        isFirst = false;
        await first();
      }
      return sink.apply(writes);
    },
  });
};

describe('a write past the log', () => {
  it('comes after what was pending, and before what is accepted and flushed while it is on its way', async () => {
    const region = aLoggedRegion();
    await insert(region, { name: 'old', views: 0 });
    const other = await aLog(region);
    const gate = aGate();
    let isOnItsWay = false;
    const log = await aLog(
      region,
      after(aSink(database, region), () => ((isOnItsWay = true), gate.opened)),
    );

    const through = log.through(region, A, { set: { name: 'through' }, add: { views: 1 } });
    await until(() => isOnItsWay, { withinMs: 2_000 });
    await other.append(region, A, { set: { colour: 'red' }, add: { views: 10 } });
    await other.flush();
    gate.open();
    const { position, durability } = await through;
    await other.flush();

    expect(durability).toBe('through');
    expect(position).toBeGreaterThan(0);
    expect(await keptIn(region)).toMatchObject({ name: 'through', colour: 'red', views: 11 });
    expect((await other.figures()).depth).toBe(0);
  });

  it('neither loses nor undoes what others accept at the same time, nor they it', async () => {
    const region = aLoggedRegion();
    await insert(region, { views: 0 });
    const [one, other] = [await aLog(region), await aLog(region)];
    let last = 0;
    const rounds = Array.from({ length: 40 }, (_, round) => round);
    for (const round of rounds) {
      const accepted = await Promise.all([
        one.through(region, A, { add: { views: 1 }, set: { [`one${round}`]: 1 } }),
        other.through(region, A, { add: { views: 1 }, set: { [`other${round}`]: 1 } }),
        one.append(region, A, { add: { views: 1 } }),
        other.append(region, A, { add: { views: 1 }, set: { last: round } }),
      ]);
      last = round;
      expect(new Set(accepted.map(({ position }) => position)).size).toBe(4);
    }
    await one.flushAll();
    const kept = await keptIn(region);
    expect(kept).toMatchObject({ views: 4 * rounds.length, last });
    for (const round of rounds) expect(kept).toMatchObject({ [`one${round}`]: 1, [`other${round}`]: 1 });
  });

  it('with an id takes effect once, whether it was accepted by the log before or goes past it twice', async () => {
    const region = aLoggedRegion();
    await insert(region, { views: 0 });
    const log = await aLog(region);
    const { writeId } = await log.append(region, A, { add: { views: 1 } }, { id: 'one' });
    const again = await log.through(region, A, { add: { views: 1 } }, { id: 'one' });
    for (let time = 0; time < 2; time += 1) await log.through(region, A, { add: { views: 10 } }, { id: 'two' });
    expect(again.writeId).toBe(writeId);
    expect(await keptIn(region)).toMatchObject({ views: 11 });
  });

  it('that the source refuses has no effect, now or later, and leaves the way free', async () => {
    const region = aLoggedRegion();
    await database.createCollection(region.name, { validator: { name: { $not: { $eq: 'bad' } } } });
    await insert(region, { name: 'old' });
    const log = await aLog(region);
    const { depth, entries, bytes } = await log.figures();
    await expect(log.through(region, A, { set: { name: 'bad' } }, { id: 'one' })).rejects.toMatchObject({
      code: 'WRITE_INVALID',
    });
    expect(await log.figures()).toMatchObject({ depth, entries, bytes });
    await log.through(region, A, { set: { name: 'good' } }, { id: 'one' });
    expect(await keptIn(region)).toMatchObject({ name: 'good' });
  });

  it('whose answer from the source is lost is told as unknown, and in effect once', async () => {
    const region = aLoggedRegion();
    await insert(region, { views: 0 });
    const sink = aSink(database, region);
    let isLost = true;
    const lossy = Object.assign(Object.create(sink) as Sink, {
      apply: async (writes: readonly PendingWrite[]) => {
        const outcomes = await sink.apply(writes);
        if (isLost) throw Object.assign(new Error('lost'), { name: 'MongoNetworkError' });
        return outcomes;
      },
    });
    const log = await aLog(region, lossy);
    const send = () => log.through(region, A, { add: { views: 1 } }, { id: 'one' });
    await expect(send()).rejects.toMatchObject({ code: 'WRITE_UNKNOWN' });
    isLost = false;
    await send();
    await log.flush();
    expect(await keptIn(region)).toMatchObject({ views: 1 });
    expect((await log.figures()).depth).toBe(0);
  });
});
