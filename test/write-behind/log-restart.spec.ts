import type { WriteBehindLog } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';
import { aLoggedRegion, aWriteLog, closeWriteLogs } from '../support/write-logs.js';

const A = { id: 'a' };
const ONE_VIEW = { add: { views: 1 } };
/** Far less than a caller waits for an answer, 1.5 s. */
const AT_ONCE_MS = 750;

let queue: LocalServer;
let log: WriteBehindLog;
const region = aLoggedRegion();

beforeEach(async () => {
  queue = await aRedis({ role: 'queue' });
  log = aWriteLog(queue.url);
  await until(() => log.unavailableFor === undefined, { withinMs: 2_000 });
});
afterEach(async () => {
  closeWriteLogs();
  await queue.stop();
});

/** Freezes the Redis, sends writes that it cannot answer, and kills it. */
const killedUnderWrites = async (): Promise<{ answers: Promise<unknown>[]; killedAt: number }> => {
  await queue.kill('SIGSTOP');
  const send = async (id: string): Promise<unknown> =>
    log.append(region, A, ONE_VIEW, { id }).catch((error: unknown) => error);
  const answers = ['one', 'two'].map(send);
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve))); // they are sent by then
  answers.push(send('three'));
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  await queue.kill('SIGKILL');
  return { answers, killedAt: performance.now() };
};

describe('when the queue Redis is killed', () => {
  it('writes in flight are told as unknown at once, and are not sent again', async () => {
    const { answers, killedAt } = await killedUnderWrites();
    const told = await Promise.all(answers);
    expect(performance.now() - killedAt).toBeLessThan(AT_ONCE_MS);
    expect(told).toEqual(answers.map(() => expect.objectContaining({ code: 'WRITE_UNKNOWN' }) as unknown));
    await queue.restart();
    await until(() => log.unavailableFor === undefined, { withinMs: 2_000 });
    expect(await log.figures()).toMatchObject({ depth: 0 });
  });

  it('writes are accepted as soon as it is back', async () => {
    await killedUnderWrites();
    await queue.restart();
    const backAt = performance.now();
    const isAccepted = (): Promise<boolean> =>
      log.append(region, A, ONE_VIEW).then(
        () => true,
        () => false,
      );
    await until(isAccepted, { withinMs: 5_000 });
    expect(performance.now() - backAt).toBeLessThan(AT_ONCE_MS);
  });
});
