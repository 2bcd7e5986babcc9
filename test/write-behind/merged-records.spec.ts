import { type WriteBehindLog, type WriteOperation } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import type { Connection } from 'mongoose';
import { aMongo, aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';
import { aDatabase, aLoggedRegion, aSink, aWriteLog, closeWriteLogs } from '../support/write-logs.js';

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

const aLog = async (): Promise<WriteBehindLog> => {
  const log = aWriteLog(queue.url);
  await until(() => log.unavailableFor === undefined && log.isReadable, { withinMs: 2_000 });
  return log;
};

describe('what is pending for a value', () => {
  it.each<[string, WriteOperation[], object]>([
    [
      'a whole set after its parts',
      [{ set: { 'size.width': 3 }, add: { 'size.uses': 1 } }, { set: { size: { depth: 1 } } }],
      { set: { size: { depth: 1 } }, add: {} },
    ],
    [
      'a name that another begins with',
      [{ set: { sizes: 1, 'size.a': 2 } }, { set: { size: 3 } }],
      { set: { sizes: 1, size: 3 } },
    ],
    [
      'sums of several',
      [{ add: { a: 1, b: 2 } }, { add: { b: 3 } }, { set: { a: 9 } }],
      { set: { a: 9 }, add: { b: 5 } },
    ],
    [
      'a sum that begins again',
      [{ add: { a: 5 } }, { set: { a: 1 }, add: { a: 2 } }],
      { set: { a: 1 }, add: { a: 2 } },
    ],
    [
      'changes of several shapes',
      [
        { set: { a: 1 } },
        { set: { b: 2 } },
        { replace: { c: 3 } },
        { set: { a: 4 } },
        { add: { n: 1 } },
        { set: { b: 5 } },
      ],
      { value: { c: 3 }, set: { a: 4, b: 5 }, add: { n: 1 } },
    ],
  ])('is %s, sent at once or one by one, and counted to the byte', async (_what, operations, expected) => {
    const log = await aLog();
    for (const each of [false, true]) {
      const region = aLoggedRegion();
      log.register(region, aSink(database, region));
      // told operations are not merged before they are sent: the script has to
      const appended = operations.map(
        (operation, number) => () =>
          log.append(
            region,
            { id: 'a' },
            operation,
            number === operations.length - 1 ? { isTold: true } : { isTold: !each },
          ),
      );
      if (each) for (const append of appended) await append();
      else await Promise.all(appended.map((append) => append()));
      expect(await log.pending(region, [{ id: 'a' }])).toMatchObject([[{ ...expected, count: operations.length }]]);
      await log.flush();
    }
    expect(await log.figures()).toMatchObject({ depth: 0, entries: 0, bytes: 0 });
  });

  it('is answered to those of one batch who ask, and each has its own position', async () => {
    const log = await aLog();
    const region = aLoggedRegion();
    const [first, second, third] = await Promise.all([
      log.append(region, { id: 'a' }, { set: { a: 1 } }, { id: 'one', isTold: true }),
      log.append(region, { id: 'a' }, { set: { b: 2 } }, { id: 'one', isTold: true }),
      log.append(region, { id: 'a' }, { set: { a: 3 } }, { id: 'two' }),
    ]);
    expect(second.position).toBe(first.position);
    expect(third.position).toBe(first.position + 2);
    expect(second.pending).toMatchObject([{ set: { a: 1 }, first: first.position, count: 1 }]);
    expect(third.pending).toEqual([]);
    await log.flush();
  });

  it('is applied once and ended once though it is asked for twice at once', async () => {
    const log = await aLog();
    const region = aLoggedRegion();
    log.register(region, aSink(database, region));
    await database.collection<{ _id: string; views: number }>(region.name).insertOne({ _id: 'a', views: 0 });
    const before = await log.figures();
    await log.append(region, { id: 'a' }, { add: { views: 2 } });
    await log.settle(region, [{ id: 'a' }, { id: 'a' }]);
    expect(await database.collection<{ _id: string }>(region.name).findOne({ _id: 'a' })).toMatchObject({ views: 2 });
    const { depth, entries, bytes, flushed } = await log.figures();
    expect({ depth, entries, bytes }).toEqual({ depth: before.depth, entries: before.entries, bytes: before.bytes });
    expect(flushed).toBe(before.flushed + 1);
  });
});
