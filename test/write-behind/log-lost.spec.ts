import { CacheEvents, type WriteBehindLog } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { Redis } from 'ioredis';
import type { Connection } from 'mongoose';
import { aMongo, aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';
import { aDatabase, aLoggedRegion, aSink, aWriteLog, closeWriteLogs } from '../support/write-logs.js';

const A = { id: 'a' };
const SECONDS = { withinMs: 3_000 };

let queue: LocalServer;
let mongo: LocalServer;
let database: Connection;
let redis: Redis;
let log: WriteBehindLog;
let losses: unknown[];
const region = aLoggedRegion();

beforeAll(async () => {
  [queue, mongo] = await Promise.all([aRedis({ role: 'queue' }), aMongo()]);
  database = await aDatabase(mongo.url);
  redis = new Redis(queue.url);
});
beforeEach(async () => {
  const events = new CacheEvents();
  losses = [];
  events.on('logLost', (loss) => losses.push(loss));
  log = aWriteLog(queue.url, {}, events);
  log.register(region, aSink(database, region));
  await until(() => log.unavailableFor === undefined, SECONDS);
  await log.append(region, A, { set: { name: 'first' } });
  await log.flushAll();
  await log.append(region, A, { set: { name: 'waits' } });
});
afterEach(closeWriteLogs);
afterAll(async () => {
  redis.disconnect();
  await database.close();
  await Promise.all([queue.stop(), mongo.stop()]);
});

describe('when an operator empties the queue Redis', () => {
  it('it is told within seconds, seen in the figures by every process, and the log goes on', async () => {
    await log.figures();
    expect(losses).toEqual([]);
    const { lostAt: before } = await log.figures();
    await redis.flushall();
    await until(() => losses.length > 0, SECONDS);
    const { lostAt } = await aWriteLog(queue.url).figures();
    expect(before).toBeUndefined();
    expect(Math.abs(Date.now() - (lostAt ?? 0))).toBeLessThan(60_000);
    const { writeId } = await log.append(region, A, { set: { name: 'after' } });
    await log.flush();
    expect(await log.state(writeId)).toMatchObject({ state: 'flushed' });
    await log.figures();
    expect(losses).toEqual([{ what: 'everything' }]);
  });

  it('it is told though others have written to it since', async () => {
    const other = aWriteLog(queue.url);
    await until(() => other.unavailableFor === undefined, SECONDS);
    await log.figures();
    await redis.flushall();
    await other.append(region, A, { set: { name: 'since' } });
    await until(() => losses.length > 0, SECONDS);
    expect(losses).toEqual([{ what: 'everything' }]);
  });
});

it('deleted streams are told with the next flush, and nothing is lost', async () => {
  await redis.del(...(await redis.keys('larder:{q*}:log')));
  expect(await log.flush()).toBe(1);
  expect(losses).toEqual([{ what: 'streams', entered: 1 }]);
});
