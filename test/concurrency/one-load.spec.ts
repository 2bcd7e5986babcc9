import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connectRedis } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import type { Redis } from 'ioredis';
import { LEASE_MS } from '../../libs/caching/src/stores/shared.store.js';
import { aProcess, endProcesses } from '../support/cache.processes.js';
import { aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';
import type { Order } from './callers.process.js';

let cache: LocalServer;
let truth: LocalServer;
let client: Redis;

const somebody = (): Promise<ChildProcess> => aProcess('test/concurrency/callers.process.ts', [cache.url, truth.url]);
const ask = async (child: ChildProcess, order: Order): Promise<number> => {
  const answered = once(child, 'message');
  child.send(order);
  return Number((await answered)[0]);
};
const loadsOf = async (id: string): Promise<number> => Number(await client.get(`loads:${id}`));

beforeAll(async () => {
  [cache, truth] = await Promise.all([aRedis({ role: 'cache' }), aRedis({ role: 'cache' })]);
  client = connectRedis(truth.url, { role: 'commands', deadlineMs: 5_000 });
  await until(() => client.status === 'ready', { withinMs: 2_000 });
});
afterEach(endProcesses);
afterAll(async () => {
  client.disconnect();
  await Promise.all([cache.stop(), truth.stop()]);
});

describe('one cold key', () => {
  it('is loaded once for 250 callers in each of four processes', async () => {
    const processes = await Promise.all([somebody(), somebody(), somebody(), somebody()]);

    const answers = await Promise.all(processes.map((one) => ask(one, { id: 'cold', callers: 250, loadMs: 300 })));

    expect(answers).toEqual([250, 250, 250, 250]);
    expect(await loadsOf('cold')).toBe(1);
  });

  it('is loaded once more when the process that loads it is killed, within the time of its lease', async () => {
    const [holder, first, second] = await Promise.all([somebody(), somebody(), somebody()]);
    holder.send({ id: 'held', callers: 1, loadMs: 60_000 } satisfies Order);
    await until(async () => (await loadsOf('held')) === 1, { withinMs: 5_000 });
    const rest = Promise.all([first, second].map((one) => ask(one, { id: 'held', callers: 50, loadMs: 10 })));

    holder.kill('SIGKILL');
    const killedAt = performance.now();
    expect(await rest).toEqual([50, 50]);

    expect(performance.now() - killedAt).toBeLessThan(LEASE_MS + 1_500);
    expect(await loadsOf('held')).toBe(2);
  });
});
