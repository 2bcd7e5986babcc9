import { setTimeout as wait } from 'node:timers/promises';
import { inLab, type Scenario } from '../scenario.js';

const DELAYS_MS = [20, 1_500, 5_000];

export const syncSlow: Scenario = {
  id: 'D3',
  about: 'a sync of the queue Redis takes 20, 1,500 and 5,000 ms longer: callers are told in time, and nothing is lost',
  short: { faults: 2, between: 500, lastsMs: 3_000 },
  full: { faults: 9, between: 10_000, lastsMs: 15_000 },
  run: (run) =>
    inLab({ seed: run.seed }, run, async (lab) => {
      for (let fault = 0; fault < run.faults; fault += 1) {
        const delayMs = DELAYS_MS[fault % DELAYS_MS.length] ?? 0;
        await lab.accept(run.between);
        await lab.fault(`sync ${delayMs} ms slower`, async () => {
          await lab.queue.disk.slowDown(delayMs);
          await wait(run.lastsMs);
          await lab.queue.disk.slowDown(0);
        });
        const { longestMs, unknown } = lab.counts;
        run.say(
          `${fault + 1} of ${run.faults}: ${delayMs} ms; longest ${Math.round(longestMs)} ms, ${unknown} unknown`,
        );
      }
      await lab.accept(run.between);
      return {};
    }),
};
