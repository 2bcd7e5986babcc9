import type { PendingWrite } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import type { Connection } from 'mongoose';
import { aMongo, aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';
import { aDatabase, aLoggedRegion, aSink, aWriteLog, closeWriteLogs } from '../support/write-logs.js';

const PIECE = 'x'.repeat(1_000_000);
const SOUND = Array.from({ length: 200 }, (_, at) => `sound${at}`);

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

it('a write that is larger than MongoDB takes is sent by itself, after the others, and once a time', async () => {
  const region = aLoggedRegion();
  const log = aWriteLog(queue.url);
  const sink = aSink(database, region);
  const bulks: string[][] = [];
  log.register(
    region,
    Object.assign(Object.create(sink) as typeof sink, {
      apply: (writes: readonly PendingWrite[]) => {
        bulks.push(writes.map(({ params }) => (params as { id: string }).id));
        return sink.apply(writes);
      },
    }),
  );
  await until(() => log.unavailableFor === undefined, { withinMs: 2_000 });
  const documents = database.collection<{ _id: string; version: number }>(region.name);
  await documents.insertMany(['large', ...SOUND].map((_id) => ({ _id, version: 1 })));
  for (let piece = 0; piece < 17; piece += 1)
    await log.append(region, { id: 'large' }, { set: { [`f${piece}`]: PIECE } });
  await Promise.all(SOUND.map((id) => log.append(region, { id }, { set: { name: 'new' } })));

  // a busy machine may take longer over 17 MiB than the log waits for them; what was not flushed then is with the next
  const flush = (): Promise<number> => log.flush().catch(() => 0);
  const isNew = async (): Promise<boolean> => (await documents.countDocuments({ name: 'new' })) === SOUND.length;

  await until(async () => (await flush(), isNew()), { withinMs: 20_000 });

  await until(async () => (await flush(), (await log.figures()).dead === 17), { withinMs: 20_000 });
  expect(bulks.flat().filter((id) => id !== 'large')).toHaveLength(SOUND.length);
  expect(bulks.filter((ids) => ids.includes('large'))).toEqual(Array.from({ length: 6 }, () => ['large']));
}, 60_000);
