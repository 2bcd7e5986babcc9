import { connectRedis } from '@larder/caching';
import { until } from '../../support/until.js';
import type { FaultLab } from '../fault.lab.js';
import { now } from '../history/history.js';
import { products } from '../processes/products.js';
import { type Found, inLab, type Run, type Scenario, together } from '../scenario.js';
import { asOperator } from '../operator.js';

const withRedis = async <T>(lab: FaultLab, use: (redis: ReturnType<typeof connectRedis>) => Promise<T>): Promise<T> => {
  const redis = connectRedis(lab.queue.server.url, { role: 'commands', deadlineMs: 5_000 });
  try {
    await until(() => redis.status === 'ready', { withinMs: 30_000 });
    return await use(redis);
  } finally {
    redis.disconnect();
  }
};

const deleteStreams = (lab: FaultLab): Promise<number> =>
  withRedis(lab, async (redis) => redis.del(await redis.keys('larder:{q*}:log')));

/** Deletes all, and answers how long it took until a write of before was said to be unknown, in ms. */
const deleteAll = (lab: FaultLab): Promise<number> =>
  asOperator(lab, async (log) => {
    const { writeId } = await log.append(products, { id: 'nobody' }, { set: { a: 'x' } });
    const from = now();
    await withRedis(lab, (redis) => redis.flushall());
    await until(() => log.state(writeId).then(() => false, isUnseenError), { withinMs: 30_000 });
    return now() - from;
  });

/** The streams alone: their records are still there, so nothing may be lost. */
const withoutStreams = (run: Run): Promise<Found> =>
  inLab({ seed: run.seed }, run, async (lab) => {
    for (let fault = 2; fault <= run.faults; fault += 2) {
      await lab.accept(run.between);
      await lab.fault('streams deleted', () => deleteStreams(lab));
      run.say(`${fault} of ${run.faults}: goes on without the streams it had`);
    }
    await lab.accept(run.between);
    return {};
  });

/** All of it: what was pending is gone, and what is accepted from then on may not be lost. */
const withoutAll = (run: Run): Promise<Found> =>
  inLab({ seed: run.seed }, run, async (lab) => {
    let [detectedMs, last] = [0, 0];
    for (let fault = 2; fault <= run.faults; fault += 2) {
      await lab.accept(run.between);
      detectedMs = Math.max(detectedMs, await lab.fault('everything deleted', () => deleteAll(lab)));
      last = now();
      run.say(`${fault} of ${run.faults}: goes on, found out within ${Math.round(detectedMs)} ms`);
    }
    await lab.accept(run.between);
    return { facts: { detectedMs: Math.round(detectedMs) }, isExcused: ({ t0 }) => t0 <= last };
  });

export const logThrownAway: Scenario = {
  id: 'M4',
  about: 'an operator deletes the streams of the log, then all that is in the queue Redis',
  short: { faults: 2, between: 1_000, lastsMs: 0 },
  full: { faults: 20, between: 10_000, lastsMs: 0 },
  run: async (run) => together([await withoutStreams(run), await withoutAll(run)]),
};

const isUnseenError = (error: unknown): boolean => (error as { code?: string }).code === 'WRITE_UNSEEN';
