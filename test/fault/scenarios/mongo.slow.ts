import { setTimeout as wait } from 'node:timers/promises';
import { inLab, type Scenario } from '../scenario.js';

/** Longer than a flusher waits: each bulk is applied, and its answer comes too late. */
const DELAYS_MS = [500, 5_000];
const LOST_ANSWERS = 0.01;

export const mongoSlow: Scenario = {
  id: 'D10',
  about: 'MongoDB answers 0.5 s and 5 s late, and one answer in a hundred is lost',
  short: { faults: 2, between: 1_000, lastsMs: 3_500 },
  full: { faults: 10, between: 10_000, lastsMs: 20_000 },
  run: (run) =>
    inLab({ seed: run.seed }, run, async (lab) => {
      for (let fault = 0; fault < run.faults; fault += 1) {
        const delayMs = DELAYS_MS[fault % DELAYS_MS.length] ?? 0;
        await lab.accept(run.between);
        await lab.fault(`MongoDB ${delayMs} ms late`, async () => {
          lab.mongo.way.treat({ delayMs, losing: LOST_ANSWERS });
          await wait(run.lastsMs);
          lab.mongo.way.cut(); // answers on their way are lost too
          lab.mongo.way.heal();
        });
        run.say(`${fault + 1} of ${run.faults}: ${delayMs} ms late for ${run.lastsMs} ms`);
        await lab.accept(run.between);
      }
      return {};
    }),
};
