import { connectRedis, FencedLock } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import type { Redis } from 'ioredis';
import { aRedis } from '../support/local.server.js';
import { aGate } from '../support/nodes.js';
import { until } from '../support/until.js';

let redis: LocalServer;
const clients: Redis[] = [];
let serial = 0;

const aClient = async (): Promise<Redis> => {
  const client = connectRedis(redis.url, { role: 'commands', deadlineMs: 1_000 });
  clients.push(client);
  await until(() => client.status === 'ready', { withinMs: 2_000 });
  return client;
};
const ignore = (): void => undefined;

beforeAll(async () => {
  redis = await aRedis({ role: 'queue' });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(() => redis.stop());

describe('a fenced lock', () => {
  it('lets one of many run, and the next with a larger token', async () => {
    const name = `job-${(serial += 1)}`;
    const locks = await Promise.all(
      Array.from({ length: 4 }, async () => new FencedLock(await aClient(), name, 5_000, ignore)),
    );
    const gate = aGate();
    const tokens: number[] = [];
    const run = (lock: FencedLock): Promise<boolean> =>
      lock.runIfFree((token) => {
        tokens.push(token);
        return gate.opened;
      });

    let refused = 0;
    const rounds = locks.map(async (lock) => {
      const hasRun = await run(lock);
      if (!hasRun) refused += 1;
      return hasRun;
    });
    await until(() => tokens.length === 1 && refused === 3, { withinMs: 1_000 });
    gate.open();

    expect((await Promise.all(rounds)).filter(Boolean)).toHaveLength(1);
    expect(await locks[1]?.runIfFree((token) => Promise.resolve(void tokens.push(token)))).toBe(true);
    expect(tokens[1]).toBeGreaterThan(tokens[0] ?? Infinity);
  });

  it('passes on from a holder that cannot prolong it, with a larger token, and says so', async () => {
    const name = `job-${(serial += 1)}`;
    const faults: unknown[] = [];
    const cutOff = await aClient();
    const first = new FencedLock(cutOff, name, 300, (cause) => faults.push(cause));
    const second = new FencedLock(await aClient(), name, 300, ignore);
    const gate = aGate();
    const tokens: number[] = [];

    const running = first.runIfFree((token) => {
      tokens.push(token);
      cutOff.disconnect();
      return gate.opened;
    });
    await until(() => second.runIfFree((token) => Promise.resolve(void tokens.push(token))), { withinMs: 2_000 });
    gate.open();

    await expect(running).rejects.toThrow();
    expect(tokens[1]).toBeGreaterThan(tokens[0] ?? Infinity);
    expect(faults.length).toBeGreaterThan(0);
  });

  it('goes on above a token that a store has seen, when Redis has lost its counter', async () => {
    const name = `job-${(serial += 1)}`;
    const lock = new FencedLock(await aClient(), name, 5_000, ignore);
    const tokens: number[] = [];

    await lock.runIfFree((token) => Promise.resolve(void tokens.push(token)), { above: 41 });

    expect(tokens).toEqual([42]);
  });
});
