import { setTimeout as wait } from 'node:timers/promises';
import { inLab, type Scenario } from '../scenario.js';

/** The longest first, so that it is never left out. */
const DELAYS_MS = [5_000, 20, 1_500];
/** A sync that takes longer is given up by whoever waits for it. */
const GIVEN_UP_MS = 1_500;

export const syncSlow: Scenario = {
  id: 'D3',
  about: 'a sync of the queue Redis takes 5,000, 20 and 1,500 ms longer: callers are told in time, and nothing is lost',
  short: { faults: 2, between: 500, lastsMs: 5_500 },
  full: { faults: 9, between: 10_000, lastsMs: 15_000 },
  run: (run) =>
    inLab({ seed: run.seed }, run, async (lab) => {
      const violations: string[] = [];
      for (let fault = 0; fault < run.faults; fault += 1) {
        const delayMs = DELAYS_MS[fault % DELAYS_MS.length] ?? 0;
        await lab.accept(run.between);
        const before = lab.counts;
        await lab.fault(`sync ${delayMs} ms slower`, async () => {
          await lab.queue.disk.slowDown(delayMs);
          await wait(run.lastsMs);
          await lab.queue.disk.slowDown(0);
        });
        const { longestMs, unknown, acknowledged } = lab.counts;
        if (delayMs > GIVEN_UP_MS && unknown === before.unknown)
          violations.push(`nobody was told that a sync of ${delayMs} ms is too long`);
        if (delayMs < GIVEN_UP_MS && acknowledged === before.acknowledged)
          violations.push(`nothing was accepted by syncs of ${delayMs} ms`);
        run.say(
          `${fault + 1} of ${run.faults}: ${delayMs} ms; longest ${Math.round(longestMs)} ms, ${unknown} unknown`,
        );
      }
      await lab.accept(run.between);
      return { violations };
    }),
};
