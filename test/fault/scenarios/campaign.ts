import { setTimeout as wait } from 'node:timers/promises';
import { randomFrom } from '../../support/random.js';
import type { FaultLab } from '../fault.lab.js';
import { type Found, inLab, type Run, type Scenario } from '../scenario.js';
import { killFlusher, killProducer } from './flush.killed.js';
import { freezeFlusher } from './flusher.frozen.js';
import { losePower, relaxedLosses } from './power.lost.js';
import { killQueue } from './queue.killed.js';

type Fault = readonly [kind: string, share: number, make: (lab: FaultLab, random: () => number) => Promise<unknown>];

const MOST_IN_WAY_MS = 400;

/** Every kind of fault, and how many of eleven it is. */
const FAULTS: readonly Fault[] = [
  ['queue Redis loses power', 2, losePower],
  ['queue Redis killed', 2, killQueue],
  [
    'queue Redis frozen',
    1,
    async ({ queue }, random) => {
      await queue.server.kill('SIGSTOP');
      await wait(500 + random() * 2_000);
      await queue.server.kill('SIGCONT');
    },
  ],
  [
    'connections to the queue Redis cut',
    0.5,
    ({ queue }) => {
      queue.way.cut();
      return Promise.resolve();
    },
  ],
  [
    'answers of the queue Redis lost',
    1,
    async ({ queue }, random) => {
      queue.way.treat({ losing: 0.2 });
      await wait(100 + random() * MOST_IN_WAY_MS);
      queue.way.heal();
    },
  ],
  [
    'syncs 300 ms slower',
    0.5,
    async ({ queue }) => {
      await queue.disk.slowDown(300);
      await wait(1_500);
      await queue.disk.slowDown(0);
    },
  ],
  ['flusher killed before the bulk', 0.5, (lab, random) => killFlusher(lab, 'before the bulk', random())],
  ['flusher killed after the bulk', 1, (lab, random) => killFlusher(lab, 'after the bulk', random())],
  ['flusher frozen with a bulk', 0.5, (lab, random) => freezeFlusher(lab, random() < 0.5 ? 0 : 1)],
  ['producer killed before its answer', 1, (lab, random) => killProducer(lab, random())],
  [
    'MongoDB killed',
    0.5,
    async ({ mongo }, random) => {
      await mongo.server.kill();
      await wait(random() * 1_000);
      await mongo.server.restart();
    },
  ],
  [
    'answers of MongoDB lost',
    0.5,
    async ({ mongo }, random) => {
      mongo.way.treat({ losing: 0.1 });
      await wait(500 + random() * MOST_IN_WAY_MS);
      mongo.way.heal();
    },
  ],
];
const SHARES = FAULTS.reduce((sum, [, share]) => sum + share, 0);

/** So many faults, each kind as often as its share says, shuffled. */
const planned = (faults: number, random: () => number): Fault[] => {
  const plan = FAULTS.flatMap((fault) =>
    Array.from({ length: Math.max(1, Math.round((fault[1] * faults) / SHARES)) }, () => fault),
  );
  return plan
    .map((fault) => ({ fault, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ fault }) => fault)
    .slice(0, faults);
};

const endure = (run: Run): Promise<Found> => {
  const random = randomFrom(run.seed);
  return inLab({ seed: run.seed, everyMs: 400, flushers: 3, inFlight: 128 }, run, async (lab) => {
    const kinds: Record<string, number> = {};
    for (const [at, [kind, , make]] of planned(run.faults, random).entries()) {
      await lab.accept(run.between);
      await wait(random() * 200);
      await lab.fault(kind, () => make(lab, random));
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      run.say(`${at + 1} of ${run.faults}: ${kind}; ${lab.counts.acknowledged} accepted`);
    }
    await lab.accept(run.between);
    const between = lab.faults.slice(1).map(({ acknowledgedSince }) => acknowledgedSince);
    return { facts: { ...kinds, leastBetween: Math.min(...between) } };
  });
};

export const campaign: Scenario = {
  id: 'campaign',
  about: 'faults of all kinds, mixed, under edits, views and prices of the same products; then power losses in relaxed',
  short: { faults: 12, between: 1_000, lastsMs: 0 },
  full: { faults: 66, between: 15_500, lastsMs: 0 },
  run: async (run) => {
    const durable = await endure(run);
    const relaxed = await relaxedLosses({ ...run, faults: Math.min(run.faults, 3), between: 3_000 });
    const isBlind = relaxed.lost === 0;
    return {
      ...durable,
      facts: { ...durable.facts, relaxedLost: relaxed.lost, relaxedAcknowledged: relaxed.acknowledged },
      violations: [...durable.violations, ...(isBlind ? ['relaxed lost nothing when the power went'] : [])],
    };
  },
};
