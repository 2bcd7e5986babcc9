import { setTimeout as wait } from 'node:timers/promises';
import { inLab, type Scenario } from '../scenario.js';
import { hotReads, readFacts } from './hot.reads.js';

/** Longer than a flusher waits: each bulk is applied, and its answer comes too late. */
const DELAYS_MS = [500, 5_000];
const LOST_ANSWERS = 0.01;

export const mongoSlow: Scenario = {
  id: 'D10',
  about: 'MongoDB answers 0.5 s and 5 s late, and one answer in a hundred is lost',
  short: { faults: 2, between: 1_000, lastsMs: 3_500 },
  full: { faults: 10, between: 10_000, lastsMs: 20_000 },
  run: (run) =>
    inLab({ seed: run.seed, isCached: true }, run, async (lab) => {
      await hotReads(lab);
      await wait(run.lastsMs);
      let facts = readFacts('before', await hotReads(lab));
      for (let fault = 0; fault < run.faults; fault += 1) {
        const delayMs = DELAYS_MS[fault % DELAYS_MS.length] ?? 0;
        await lab.accept(run.between);
        await lab.fault(`MongoDB ${delayMs} ms late`, async () => {
          lab.mongo.way.treat({ delayMs, losing: LOST_ANSWERS });
          await hotReads(lab);
          await wait(run.lastsMs);
          facts = { ...facts, ...readFacts(`${delayMs} ms late`, await hotReads(lab)) };
          lab.mongo.way.cut(); // answers on their way are lost too
          lab.mongo.way.heal();
        });
        run.say(`${fault + 1} of ${run.faults}: ${delayMs} ms late for ${run.lastsMs} ms`);
        await lab.accept(run.between);
      }
      return { facts };
    }),
};
