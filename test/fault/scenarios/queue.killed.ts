import { setTimeout as wait } from 'node:timers/promises';
import { randomFrom } from '../../support/random.js';
import type { FaultLab } from '../fault.lab.js';
import { now } from '../history/history.js';
import { inLab, type Scenario } from '../scenario.js';

/** Kills the queue Redis and starts it again; answers how long after its death the first write was accepted, in ms. */
export const killQueue = async (lab: FaultLab): Promise<number> => {
  await lab.queue.server.kill();
  const at = now();
  await lab.queue.server.restart();
  return lab.firstAcceptedAfter(at, 60_000);
};

export const queueKilled: Scenario = {
  id: 'D1',
  about: 'the queue Redis is killed under load and started again',
  // how long it may take until writes are accepted again
  short: { faults: 2, between: 2_000, lastsMs: 4_000 },
  full: { faults: 60, between: 10_000, lastsMs: 4_000 },
  run: (run) => {
    const random = randomFrom(run.seed);
    return inLab({ seed: run.seed }, run, async (lab) => {
      const back: number[] = [];
      for (let fault = 1; fault <= run.faults; fault += 1) {
        await lab.accept(run.between);
        await wait(random() * 100);
        back.push(await lab.fault('queue killed', () => killQueue(lab)));
        run.say(`${fault} of ${run.faults}: accepts again after ${Math.round(back.at(-1) ?? 0)} ms`);
      }
      const worst = Math.max(...back);
      return {
        facts: { restartToFirstMs: Math.round(worst) },
        violations:
          run.isTimed && worst > run.lastsMs ? [`the first write after a restart took ${Math.round(worst)} ms`] : [],
      };
    });
  },
};
