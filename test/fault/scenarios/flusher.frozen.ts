import { connectRedis } from '@larder/caching';
import { until } from '../../support/until.js';
import type { FaultLab } from '../fault.lab.js';
import { asOperator } from '../operator.js';
import { inLab, type Scenario } from '../scenario.js';

/** So long a claim lasts at least. */
const CLAIM_MS = 5_000;
const TAKEN_OVER_WITHIN_MS = 60_000;
const LIVELY_MS = 3_000;

/** How many entries flushers have claimed that have not been heard of for a while. */
const left = async (redis: ReturnType<typeof connectRedis>): Promise<number> => {
  const logs = await redis.keys('larder:{q*}:log');
  const consumers = await Promise.all(
    logs.map((log) => redis.call('XINFO', 'CONSUMERS', log, 'flushers') as Promise<(string | number)[][]>),
  );
  const numberOf = (consumer: (string | number)[], name: string): number =>
    Number(consumer[consumer.indexOf(name) + 1]);
  return consumers
    .flat()
    .filter((consumer) => numberOf(consumer, 'idle') > LIVELY_MS)
    .reduce((sum, consumer) => sum + numberOf(consumer, 'pending'), 0);
};

/**
 * Waits until all that is in the log now is in MongoDB, and what was merged under the same names meanwhile: that is entered
 * in the log when the record before it is ended.
 */
const goOn = (lab: FaultLab): Promise<void> =>
  asOperator(lab, async (log) => {
    for (let round = 0; round < 2; round += 1) {
      const from = performance.now();
      const isOver = async (): Promise<boolean> => (await log.figures()).oldestMs < performance.now() - from;
      await until(isOver, { withinMs: TAKEN_OVER_WITHIN_MS });
    }
  });

/**
 * Freezes a flusher with a bulk in its hands until others have taken all of it over and gone on, then lets it wake. Answers
 * how long it took until all was taken over, in ms.
 */
export const freezeFlusher = async (lab: FaultLab, at = 0): Promise<number> => {
  const flusher = lab.flushers[at];
  if (!flusher) throw new Error('No flusher is there to be frozen.');
  await flusher.fallAt('before the bulk', 'SIGSTOP');
  const began = performance.now();
  const redis = connectRedis(lab.queue.server.url, { role: 'commands', deadlineMs: 5_000 });
  try {
    await until(() => redis.status === 'ready', { withinMs: 30_000 });
    const isTakenOver = async (): Promise<boolean> => performance.now() - began > CLAIM_MS && (await left(redis)) === 0;
    await until(isTakenOver, { withinMs: TAKEN_OVER_WITHIN_MS });
    const takenOverMs = performance.now() - began;
    await lab.accept(1_000);
    await goOn(lab);
    flusher.thaw();
    // an impatient one may find its connection too old to go on with
    if (lab.options.isPatient === true) await flusher.appliesWhatItHeld();
    return takenOverMs;
  } finally {
    redis.disconnect();
    flusher.thaw();
  }
};

export const flusherFrozen: Scenario = {
  id: 'D6',
  about: 'a flusher is frozen with a bulk in its hands until others have taken over and gone on, and wakes',
  short: { faults: 2, between: 1_000, lastsMs: 0 },
  full: { faults: 20, between: 10_000, lastsMs: 0 },
  run: (run) =>
    inLab({ seed: run.seed, flushers: 3, isPatient: true }, run, async (lab) => {
      let slowest = 0;
      // two at a time: the third takes over from both
      for (let fault = 0; fault < run.faults; fault += 2) {
        await lab.accept(run.between);
        const both = [0, 1].map((at) => lab.fault('flusher frozen', () => freezeFlusher(lab, at)));
        slowest = Math.max(slowest, ...(await Promise.all(both)));
        run.say(`${Math.min(fault + 2, run.faults)} of ${run.faults}: taken over within ${Math.round(slowest)} ms`);
        await lab.accept(run.between);
      }
      return { facts: { takenOverMs: Math.round(slowest) } };
    }),
};
