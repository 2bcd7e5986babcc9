import type { WriteBehindLog } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { Redis } from 'ioredis';
import { aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';
import { aLoggedRegion, aWriteLog, closeWriteLogs } from '../support/write-logs.js';

const A = { id: 'a' };
const ONE_VIEW = { add: { views: 1 } };

let master: LocalServer;
let replica: LocalServer;
let [redis, copy]: Redis[] = [];
let log: WriteBehindLog;
const region = aLoggedRegion();

const portOf = ({ url }: LocalServer): string => new URL(url).port;
const isLinked = async (): Promise<boolean> =>
  /master_link_status:up/.test((await copy?.info('replication')) ?? '') &&
  /state=online,.*lag=[01]/.test((await redis?.info('replication')) ?? '');

beforeEach(async () => {
  const replicas = ['--min-replicas-to-write', '1', '--min-replicas-max-lag', '2', '--repl-diskless-sync-delay', '0'];
  master = await aRedis({ role: 'queue', args: replicas });
  replica = await aRedis({ role: 'queue', args: ['--replicaof', '127.0.0.1', portOf(master)] });
  [redis, copy] = [new Redis(master.url), new Redis(replica.url)];
  for (const client of [redis, copy]) client.on('error', () => undefined); // the tests end their servers
  await until(isLinked, { withinMs: 10_000 });
  log = aWriteLog(master.url, { durability: 'replicated' });
  await until(() => log.unavailableFor === undefined, { withinMs: 2_000 });
});
afterEach(async () => {
  closeWriteLogs();
  for (const client of [redis, copy]) client?.disconnect();
  await Promise.all([master.stop(), replica.stop()]);
});

describe('a replicated log', () => {
  it('that loses its Redis tells what was in flight, and nothing else', async () => {
    await master.kill('SIGSTOP');
    const answer = log.append(region, A, ONE_VIEW);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve))); // it is sent by then
    const told = expect(answer).rejects.toMatchObject({ code: 'WRITE_UNKNOWN' });
    await master.kill('SIGKILL');
    await told; // a confirmation that nobody waits for would end the process as an error that nobody handled
  });

  it('acknowledges what a replica has too', async () => {
    const accepted = await Promise.all(
      Array.from({ length: 200 }, (_, at) => log.append(region, { id: `${at}` }, ONE_VIEW)),
    );
    const records = await copy?.keys(`larder:{q*}:p:${region.name}:*`);
    expect(records).toHaveLength(200);
    expect(new Set(accepted.map(({ durability }) => durability))).toEqual(new Set(['replicated']));
  });

  it('does not acknowledge what its replica has not confirmed: that is unknown, and with its id in effect once', async () => {
    await replica.kill('SIGSTOP');
    const send = () => log.append(region, A, ONE_VIEW, { id: 'one' });
    await expect(send()).rejects.toMatchObject({ code: 'WRITE_UNKNOWN' });
    await replica.kill('SIGCONT');
    await until(isLinked, { withinMs: 10_000 });
    await until(
      () =>
        send().then(
          () => true,
          () => false,
        ),
      { withinMs: 10_000 },
    );
    expect(await log.figures()).toMatchObject({ depth: 1 });
  }, 40_000);

  it('takes nothing while its replica is gone, and again on its return', async () => {
    await replica.kill('SIGKILL');
    await until(async () => /connected_slaves:0/.test((await redis?.info('replication')) ?? ''), { withinMs: 10_000 });
    await expect(log.append(region, A, ONE_VIEW)).rejects.toMatchObject({
      code: 'WRITE_LOG_UNAVAILABLE',
      message: expect.stringContaining('NOREPLICAS') as string,
    });
    expect(await log.figures()).toMatchObject({ depth: 0 });
    await replica.restart();
    await until(
      () =>
        log.append(region, A, ONE_VIEW, { id: 'one' }).then(
          () => true,
          () => false,
        ),
      { withinMs: 10_000 },
    );
    expect(await log.figures()).toMatchObject({ depth: 1 });
  }, 40_000);

  it('whose Redis waits for no replica takes no writes, and says how to set it right', async () => {
    await redis?.config('SET', 'min-replicas-to-write', '0');
    const other = aWriteLog(master.url, { durability: 'replicated' });
    await expect(other.append(region, A, ONE_VIEW)).rejects.toMatchObject({
      code: 'WRITE_LOG_UNAVAILABLE',
      message: expect.stringContaining('min-replicas-to-write') as string,
    });
  });
});
