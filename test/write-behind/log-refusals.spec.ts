import type { LocalServer } from '@larder/local-servers';
import { Redis } from 'ioredis';
import type { Connection } from 'mongoose';
import { aMongo, aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';
import { aDatabase, aLoggedRegion, aSink, aWriteLog, closeWriteLogs } from '../support/write-logs.js';

const A = { id: 'a' };

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

describe('a log', () => {
  it.each([
    ['appendfsync', 'everysec', 'always'],
    ['maxmemory-policy', 'allkeys-lru', 'noeviction'],
    ['appendonly', 'no', 'yes'],
  ])(
    'whose %s is %s takes no writes, says how to set it right, and takes them soon after that',
    async (setting, wrong, right) => {
      await redis.config('SET', setting, wrong);
      const log = aWriteLog(queue.url);
      await until(() => log.unavailableFor?.includes(setting) ?? false, { withinMs: 2_000 });
      await expect(log.append(aLoggedRegion(), A, { delete: true })).rejects.toMatchObject({
        code: 'WRITE_LOG_UNAVAILABLE',
        message: expect.stringContaining(`set it to ${right}`) as string,
      });
      await redis.config('SET', setting, right);
      await until(() => log.unavailableFor === undefined, { withinMs: 3_000 });
    },
  );

  it('that is closed while its Redis does not answer says that the write may have been accepted, not that it was not', async () => {
    const own = await aRedis({ role: 'queue' });
    const region = aLoggedRegion();
    const log = aWriteLog(own.url);
    await until(() => log.unavailableFor === undefined, { withinMs: 2_000 });
    await log.append(region, A, { add: { views: 1 } });
    await own.kill('SIGSTOP');
    const answer = log.append(region, A, { add: { views: 1 } });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve))); // it is sent by then
    log.close();
    await expect(answer).rejects.toMatchObject({ code: 'WRITE_UNKNOWN' });
    await own.kill('SIGCONT');
    await own.stop();
  });

  it('that is full takes no more, and takes them again when it is flushed', async () => {
    const region = aLoggedRegion();
    const log = aWriteLog(queue.url, { maxEntries: 3 });
    log.register(region, aSink(database, region));
    await until(() => log.unavailableFor === undefined, { withinMs: 2_000 });
    for (const id of ['a', 'b', 'c']) await log.append(region, { id }, { set: { name: 'x' } });
    await expect(log.append(region, { id: 'd' }, { set: { name: 'x' } })).rejects.toMatchObject({
      code: 'WRITE_LOG_FULL',
    });
    await log.flushAll();
    await log.append(region, { id: 'd' }, { set: { name: 'x' } });
  });
});
