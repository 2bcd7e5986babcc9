import { setTimeout as wait } from 'node:timers/promises';
import { randomFrom } from '../../support/random.js';
import type { FaultLab, LabOptions } from '../fault.lab.js';
import { type Found, inLab, type Run, type Scenario } from '../scenario.js';

/** No sync that begins comes back while anybody waits for it. */
export const NEVER_MS = 60_000;

/** Takes the power from the queue Redis: what no sync had confirmed is gone. Answers how many bytes that were. */
export const losePower = async ({ queue }: FaultLab): Promise<number> => {
  await queue.server.kill();
  const cut = await queue.disk.losePower();
  await queue.disk.slowDown(0);
  await queue.server.restart();
  return cut;
};

const losses = (options: LabOptions, run: Run, isLossMeant: boolean): Promise<Found> => {
  const random = randomFrom(run.seed);
  const work = async (lab: FaultLab): ReturnType<Parameters<typeof inLab>[2]> => {
    for (let fault = 1; fault <= run.faults; fault += 1) {
      await lab.accept(run.between);
      await wait(random() * 100);
      if (isLossMeant && !run.isTimed) {
        await lab.queue.disk.slowDown(NEVER_MS); // else a sync may come between the last accepted and the loss
        await lab.accept(500);
      }
      const cut = await lab.fault('power loss', () => losePower(lab));
      run.say(`${fault} of ${run.faults}, ${options.durability ?? 'durable'}: ${cut} bytes had not been synced`);
    }
    return {};
  };
  return inLab(options, run, work, isLossMeant);
};

/** What `relaxed` loses when the power goes. */
export const relaxedLosses = (run: Run): Promise<Found> =>
  losses({ seed: run.seed, durability: 'relaxed', appendfsync: 'everysec' }, run, true);

export const powerLost: Scenario = {
  id: 'D2',
  about: 'the power of the queue Redis fails: durable loses nothing, relaxed does',
  short: { faults: 2, between: 3_000, lastsMs: 0 },
  full: { faults: 20, between: 10_000, lastsMs: 0 },
  run: async (run) => {
    const durable = await losses({ seed: run.seed }, run, false);
    const relaxed = await relaxedLosses({ ...run, faults: Math.min(run.faults, 5) });
    return {
      ...durable,
      facts: { ...durable.facts, relaxedLost: relaxed.lost, relaxedAcknowledged: relaxed.acknowledged },
      violations: [
        ...durable.violations,
        ...(relaxed.lost > 0 ? [] : ['relaxed lost nothing, so this laboratory would not notice a loss']),
      ],
    };
  },
};
