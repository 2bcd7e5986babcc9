import { endProcesses } from '../support/cache.processes.js';
import { seedOfRun } from '../support/random.js';
import { until } from '../support/until.js';
import { type Found, inLab, type Run, type Work } from './scenario.js';
import type { LabOptions } from './fault.lab.js';
import { UnguardedSink } from './processes/breakage.js';
import { replay } from './scenarios/duplicates.js';
import { killFlusher } from './scenarios/flush.killed.js';
import { freezeFlusher } from './scenarios/flusher.frozen.js';
import { losePower, NEVER_MS, relaxedLosses } from './scenarios/power.lost.js';

const WITHIN_MS = 300_000;
const seed = seedOfRun();
const run: Run = { seed, faults: 1, between: 1_000, lastsMs: 0, isTimed: false, say: () => undefined };

const broken = (options: Partial<LabOptions>, work: Work): Promise<Found> =>
  inLab({ seed, ...options }, run, work, true);

afterAll(endProcesses);

describe(`the checker finds out (LARDER_SEED ${seed})`, () => {
  it(
    'that plain XADD with a sync every second loses what it accepted when the power goes',
    async () => {
      const found = await broken({ breakage: 'plain log', appendfsync: 'everysec', hasPrices: false }, async (lab) => {
        // what is flushed at once is not lost with the log, so the flushers look away
        for (const flusher of lab.flushers) flusher.freeze();
        await lab.queue.disk.slowDown(NEVER_MS); // else a sync may come between the last accepted and the loss
        await lab.accept(2_000);
        await lab.fault('power loss', () => losePower(lab));
        for (const flusher of lab.flushers) flusher.thaw();
        await lab.accept(500);
        return {};
      });
      expect(found.lost).toBeGreaterThan(0);
    },
    WITHIN_MS,
  );

  it(
    'that relaxed loses what it accepted when the power goes',
    async () => expect((await relaxedLosses(run)).lost).toBeGreaterThan(0),
    WITHIN_MS,
  );

  it(
    'that a sink without the position guard doubles what a killed flusher had applied',
    async () => {
      const found = await broken({ breakage: 'no guard', hasPrices: false }, async (lab) => {
        await killFlusher(lab, 'after the bulk', 0);
        return {};
      });
      expect(found.doubled).toBeGreaterThan(0);
    },
    WITHIN_MS,
  );

  it(
    'that a sink without the position guard lets a flusher that wakes undo what others did',
    async () => {
      const found = await broken({ breakage: 'no guard', hasPrices: false, isPatient: true }, async (lab) => {
        await freezeFlusher(lab);
        await lab.accept(500);
        return {};
      });
      expect(found.regressed).toBeGreaterThan(0);
    },
    WITHIN_MS,
  );

  it(
    'that the version as the guard loses edits beside prices, and only beside them',
    async () => {
      const one = { breakage: 'version as the guard', flushers: 1 } as const;
      const work: Work = async (lab) => {
        await lab.accept(2_000);
        return {};
      };
      expect((await broken({ ...one, hasPrices: true }, work)).lost).toBeGreaterThan(0);
      expect((await broken({ ...one, hasPrices: false }, work)).lost).toBe(0);
    },
    WITHIN_MS,
  );

  it(
    'that a connection which resends, as it does by default, doubles what it accepted',
    async () => {
      const found = await broken({ breakage: 'resending', hasPrices: false }, async (lab) => {
        for (let fault = 0; fault < 3; fault += 1) {
          const { lostAnswers } = lab.queue.way;
          lab.queue.way.treat({ losing: 1 });
          await until(() => lab.queue.way.lostAnswers > lostAnswers, { withinMs: 10_000 });
          lab.queue.way.heal();
          await lab.accept(500);
        }
        return {};
      });
      expect(found.doubled).toBeGreaterThan(0);
    },
    WITHIN_MS,
  );

  it(
    'that replays change documents where a sink has no position guard',
    async () => {
      const found = await replay({ ...run, faults: 3 }, (collection) => new UnguardedSink(collection));
      expect(found.doubled).toBeGreaterThan(0);
    },
    WITHIN_MS,
  );
});
