import { MongoSink, type FieldChange, type Region, type WriteBehindLog, type WriteOperation } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { mongo as driver, type Connection } from 'mongoose';
import { aMongo, aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';
import { aDatabase, aLoggedRegion, aSink, aWriteLog, closeWriteLogs, type Kept } from '../support/write-logs.js';

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

const aLog = async (region: Region<{ id: string }, Kept | null>): Promise<WriteBehindLog> => {
  const log = aWriteLog(queue.url);
  log.register(region, aSink(database, region));
  await until(() => log.unavailableFor === undefined && log.isReadable, { withinMs: 2_000 });
  return log;
};

/** What is in a document beside what every one has. */
const fieldsIn = (document: object | null): object =>
  Object.fromEntries(
    Object.entries(document ?? {}).filter(([field]) => !['_id', 'id', 'version', 'log'].includes(field)),
  );

/** How operations reach the log. */
const WAYS: Record<string, (log: WriteBehindLog, send: readonly (() => Promise<unknown>)[]) => Promise<void>> = {
  'merged in the process': async (_log, send) => {
    await Promise.all(send.map((one) => one()));
  },
  'merged in the log': async (_log, send) => {
    for (const one of send) await one();
  },
  'one by one': async (log, send) => {
    for (const one of send) {
      await one();
      await log.flush();
    }
  },
};

const CASES: [string, readonly FieldChange[], Record<string, unknown>][] = [
  ['a part, then its whole', [{ set: { 'a.b': 1 } }, { set: { a: { c: 2 } } }], { a: { c: 2 } }],
  ['a whole, then a part', [{ set: { a: { c: 2 } } }, { set: { 'a.b': 1 } }], { a: { c: 2, b: 1 } }],
  [
    'a whole and its part at once',
    [{ set: { 'x.y': 0 } }, { set: { 'a.b': 1, a: { c: 2 } } }],
    { x: { y: 0 }, a: { c: 2, b: 1 } },
  ],
  ['a whole, then more of a part', [{ set: { a: { n: 2 } } }, { add: { 'a.n': 5, 'a.m': 1 } }], { a: { n: 7, m: 1 } }],
  ['more of a part, then its whole', [{ add: { 'a.n': 5 } }, { set: { a: { n: 2 } } }], { a: { n: 2 } }],
  [
    'whole, part, whole, part',
    [{ set: { a: { c: 1 } } }, { set: { 'a.d.e': 2 } }, { set: { a: { f: 3 } } }, { set: { 'a.d.e': 4 } }],
    { a: { f: 3, d: { e: 4 } } },
  ],
  ['parts, then the part of the whole between', [{ set: { 'a.b.c': 1 } }, { set: { 'a.b': {} } }], { a: { b: {} } }],
  ['names that begin alike', [{ set: { 'a.b': 1, 'ab.c': 1 } }, { set: { a: 2 } }], { a: 2, ab: { c: 1 } }],
];

describe.each(Object.entries(WAYS))('%s,', (_way, sent) => {
  it.each(CASES)('%s end as their order says, and none as a dead letter', async (_what, changes, expected) => {
    const region = aLoggedRegion();
    const log = await aLog(region);
    const documents = database.collection<{ _id: string; version: number }>(region.name);
    await documents.insertOne({ _id: 'a', version: 1 });
    await sent(
      log,
      changes.map((change) => () => log.append(region, A, change)),
    );
    const [pending = []] = await log.pending(region, [A]);
    const shown = pending.reduce<Kept | null>((value, write) => aSink(database, region).overlaid(value, write), {
      id: 'a',
    });
    await log.flush();
    expect(fieldsIn(await documents.findOne({ _id: 'a' }))).toEqual(expected);
    if (pending.length > 0) expect(fieldsIn(shown)).toEqual(expected);
    const { depth, entries, bytes, dead } = await log.figures();
    expect({ depth, entries, bytes, dead }).toEqual({ depth: 0, entries: 0, bytes: 0, dead: 0 });
  });
});

it('a whole value, then its parts, end as their order says', async () => {
  const region = aLoggedRegion();
  const log = await aLog(region);
  const operations: WriteOperation[] = [
    { set: { 'a.b': 1 } },
    { replace: { a: { n: 1 } } },
    { set: { 'a.b': 2 } },
    { add: { 'a.n': 1 } },
  ];
  for (const operation of operations) await log.append(region, A, operation);
  await log.flush();
  const kept = await database.collection<{ _id: string }>(region.name).findOne({ _id: 'a' });
  expect(kept).toMatchObject({ a: { n: 2, b: 2 } });
});

it('a write of a document whose id is an ObjectId is told as applied beside one that is gone', async () => {
  const region = aLoggedRegion();
  const log = await aLog(region);
  const { ObjectId } = driver;
  const [there, gone] = [new ObjectId(), new ObjectId()];
  const documents = database.collection(region.name);
  await documents.insertOne({ _id: there, version: 1 });
  log.register(
    region,
    new MongoSink<Kept | null>(
      () => documents,
      (params) => new ObjectId((params as { id: string }).id),
    ),
  );
  const written = await Promise.all(
    [there, gone].map((id) => log.append(region, { id: id.toHexString() }, { set: { name: 'x' } })),
  );
  await log.flush();
  expect(await documents.findOne({ _id: there })).toMatchObject({ name: 'x' });
  expect(await Promise.all(written.map(({ writeId }) => log.state(writeId)))).toEqual([
    { state: 'flushed' },
    { state: 'flushed', reason: 'superseded' },
  ]);
});
