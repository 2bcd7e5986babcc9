import { setTimeout as wait } from 'node:timers/promises';
import type { FaultLab } from '../fault.lab.js';
import { type Found, inLab, type Run, type Scenario, together } from '../scenario.js';

const PER_SECOND = 200;
const PRODUCERS = 2;
const DRAINED_WITHIN_MS = 10_000;
/** Fewer names than there are keys, so that a log of this size is full soon. */
const LOW_BOUND = 100;

/** Ways in which MongoDB is not there, and how it comes back. */
const ways: Record<string, (lab: FaultLab) => Promise<() => Promise<void> | void>> = {
  'MongoDB killed': async ({ mongo }) => {
    await mongo.server.kill();
    return () => mongo.server.restart();
  },
  'MongoDB refuses': ({ mongo }) => {
    mongo.way.treat({ refuses: true });
    return Promise.resolve(() => mongo.way.heal());
  },
  'MongoDB silent': ({ mongo }) => {
    mongo.way.treat({ swallows: true });
    return Promise.resolve(() => mongo.way.heal());
  },
};

const away = (run: Run, kind: string): Promise<Found> =>
  inLab({ seed: run.seed, perSecond: PER_SECOND / PRODUCERS, producers: PRODUCERS }, run, async (lab) => {
    const before = lab.counts;
    const comeBack = await lab.fault(kind, () => ways[kind]?.(lab) ?? Promise.reject(new Error(kind)));
    await wait(run.lastsMs);
    const { acknowledged, failed, unknown } = lab.counts;
    await comeBack();
    const from = performance.now();
    const drainedMs = (await lab.drain()) + (performance.now() - from);
    run.say(`${kind} for ${run.lastsMs} ms: ${acknowledged - before.acknowledged} accepted meanwhile`);
    const refused = failed + unknown - before.failed - before.unknown;
    return {
      facts: { [`${kind}, accepted`]: acknowledged - before.acknowledged },
      violations: [
        ...(refused > 0 ? [`${refused} writes were not accepted while ${kind}`] : []),
        ...(acknowledged - before.acknowledged < (PER_SECOND * run.lastsMs * 0.9) / 1_000
          ? [`only ${acknowledged - before.acknowledged} writes were accepted while ${kind}`]
          : []),
        ...(drainedMs > DRAINED_WITHIN_MS ? [`the backlog was drained after ${Math.round(drainedMs)} ms`] : []),
      ],
    };
  });

/** The same with a log that is full after few names: what is over the bound is refused, and what is accepted is not lost. */
const bounded = (run: Run): Promise<Found> =>
  inLab({ seed: run.seed, maxEntries: LOW_BOUND, perSecond: PER_SECOND }, run, async (lab) => {
    const comeBack = await lab.fault(
      'MongoDB killed',
      () => ways['MongoDB killed']?.(lab) ?? Promise.reject(new Error()),
    );
    await wait(run.lastsMs / 2);
    const { failed } = lab.counts;
    await comeBack();
    run.say(`a log of at most ${LOW_BOUND} records refused ${failed}`);
    return { facts: { refused: failed }, violations: failed > 0 ? [] : ['a full log refused nothing'] };
  });

export const mongoAway: Scenario = {
  id: 'D9',
  about: `MongoDB is killed, refuses or is silent under ${PER_SECOND} writes a second, then with a log that fills up`,
  short: { faults: 2, between: 200, lastsMs: 2_000 },
  full: { faults: 4, between: 200, lastsMs: 60_000 },
  run: async (run) => {
    const kinds = Object.keys(ways).slice(0, run.faults - 1);
    const founds: Found[] = [];
    for (const kind of kinds) founds.push(await away(run, kind));
    founds.push(await bounded(run));
    return together(founds);
  },
};
