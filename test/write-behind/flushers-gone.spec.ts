import type { LocalServer } from '@larder/local-servers';
import { Redis } from 'ioredis';
import type { Connection } from 'mongoose';
import { aMongo, aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';
import { aDatabase, aLoggedRegion, aSink, aWriteLog, closeWriteLogs } from '../support/write-logs.js';

const LOG = 'larder:{q3}:log';
const GROUP = 'flushers';

let queue: LocalServer;
let mongo: LocalServer;
let database: Connection;
let redis: Redis;

beforeAll(async () => {
  [queue, mongo] = await Promise.all([aRedis({ role: 'queue' }), aMongo()]);
  database = await aDatabase(mongo.url);
  redis = new Redis(queue.url);
});
afterAll(async () => {
  closeWriteLogs();
  redis.disconnect();
  await database.close();
  await Promise.all([queue.stop(), mongo.stop()]);
});

it('flushers that are gone are forgotten, but for those that hold something', async () => {
  await redis.xgroup('CREATE', LOG, GROUP, '0', 'MKSTREAM');
  await redis.xgroup('CREATECONSUMER', LOG, GROUP, 'gone');
  await redis.xadd(LOG, '*', 'n', 'nobodys:a');
  await redis.xreadgroup('GROUP', GROUP, 'holding', 'STREAMS', LOG, '>');
  const names = async (): Promise<unknown[]> =>
    ((await redis.xinfo('CONSUMERS', LOG, GROUP)) as unknown[][]).map(([, name]) => name);
  const idle = async (): Promise<number> =>
    Math.min(...((await redis.xinfo('CONSUMERS', LOG, GROUP)) as unknown[][]).map((about) => Number(about[5])));
  await until(async () => (await idle()) > 50, { withinMs: 2_000 });
  const region = aLoggedRegion();
  const log = aWriteLog(queue.url, { forgottenAfterMs: 50 });
  log.register(region, aSink(database, region));
  await until(() => log.unavailableFor === undefined, { withinMs: 2_000 });
  await log.flush();
  expect(await names()).toContain('holding');
  expect(await names()).not.toContain('gone');
});
