import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../../support/until.js';
import type { FaultLab } from '../fault.lab.js';
import { figuresOf } from '../operator.js';
import { inLab, type Run, type Scenario, type Told } from '../scenario.js';
import { hotReads, readFacts } from './hot.reads.js';

const PER_SECOND = 200;
const PRODUCERS = 2;
const DRAINED_WITHIN_MS = 10_000;
/** However busy the machine is. */
const EMPTY_WITHIN_MS = 120_000;
/** Fewer names than there are keys, so that a log of this size is full soon. */
const LOW_BOUND = 100;

/** Ways in which MongoDB is not there, and how it comes back. */
const ways: readonly (readonly [kind: string, leave: (lab: FaultLab) => Promise<() => Promise<void> | void>])[] = [
  [
    'MongoDB killed',
    async ({ mongo }) => {
      await mongo.server.kill();
      return () => mongo.server.restart();
    },
  ],
  [
    'MongoDB refuses',
    ({ mongo }) => {
      mongo.way.treat({ refuses: true });
      return Promise.resolve(() => mongo.way.heal());
    },
  ],
  [
    'MongoDB silent',
    ({ mongo }) => {
      mongo.way.treat({ swallows: true });
      return Promise.resolve(() => mongo.way.heal());
    },
  ],
];

/** Nothing more is asked for until all that was accepted has been flushed. Answers how long that took, in ms. */
const drained = async (lab: FaultLab): Promise<number> => {
  for (const producer of lab.producers) producer.tell({ order: 'pause' });
  const from = performance.now();
  await until(async () => (await figuresOf(lab)).depth === 0, { withinMs: EMPTY_WITHIN_MS });
  const ms = performance.now() - from;
  for (const producer of lab.producers) producer.tell({ order: 'go on' });
  return ms;
};

const away = async (lab: FaultLab, run: Run, at: number): Promise<Told> => {
  const [kind, leave] = ways[at % ways.length] ?? [];
  if (!kind || !leave) throw new Error('MongoDB has no such way to be away.');
  await hotReads(lab);
  const before = lab.counts;
  const comeBack = await lab.fault(kind, () => leave(lab));
  await wait(run.lastsMs);
  const { acknowledged, failed, unknown } = lab.counts;
  const reads = await hotReads(lab);
  await comeBack();
  const drainedMs = await drained(lab);
  const accepted = acknowledged - before.acknowledged;
  const refused = failed + unknown - before.failed - before.unknown;
  run.say(
    `${kind} for ${run.lastsMs} ms: ${accepted} accepted, ${refused} not; drained after ${Math.round(drainedMs)} ms`,
  );
  const isFew = accepted < (run.isTimed ? (PER_SECOND * run.lastsMs * 0.9) / 1_000 : 1);
  const { failed: unread, answered } = reads.unedited;
  return {
    facts: {
      [`${kind}, accepted`]: accepted,
      [`${kind}, drained ms`]: Math.round(drainedMs),
      ...readFacts(kind, reads),
    },
    violations: [
      ...(isFew ? [`only ${accepted} writes were accepted while ${kind}`] : []),
      ...(run.isTimed && refused > 0 ? [`${refused} writes were not accepted while ${kind}`] : []),
      ...(run.isTimed && drainedMs > DRAINED_WITHIN_MS ? [`drained after ${Math.round(drainedMs)} ms, ${kind}`] : []),
      ...(unread > 0 || answered === 0
        ? [`${unread} reads of hot documents failed and ${answered} were answered while ${kind}`]
        : []),
    ],
  };
};

/** The same with a log that is full after few names: what is over the bound is refused, and what is accepted is not lost. */
const bounded = async (lab: FaultLab, run: Run): Promise<Told> => {
  await Promise.all(lab.producers.map((producer) => producer.stop()));
  const producer = await lab.addProducer({ maxEntries: LOW_BOUND, perSecond: PER_SECOND });
  await lab.accept(1);
  const [kind, leave] = ways[0] ?? [];
  const comeBack = await lab.fault(`${kind ?? ''}, the log soon full`, async () => leave?.(lab));
  await until(() => producer.count.failed > 0, { withinMs: EMPTY_WITHIN_MS }).catch(() => undefined); // told below
  await wait(run.lastsMs / 2);
  const { failed } = producer.count;
  await comeBack?.();
  run.say(`a log of at most ${LOW_BOUND} records refused ${failed}`);
  return { facts: { refused: failed }, violations: failed > 0 ? [] : ['a full log refused nothing'] };
};

export const mongoAway: Scenario = {
  id: 'D9',
  about: `MongoDB is killed, refuses or is silent under ${PER_SECOND} writes a second, then with a log that fills up`,
  short: { faults: 4, between: 200, lastsMs: 6_000 },
  full: { faults: 4, between: 200, lastsMs: 60_000 },
  run: (run) =>
    inLab(
      { seed: run.seed, perSecond: PER_SECOND / PRODUCERS, producers: PRODUCERS, isCached: true },
      run,
      async (lab) => {
        const told: Told[] = [];
        for (let fault = 0; fault < run.faults - 1; fault += 1) told.push(await away(lab, run, fault));
        told.push(await bounded(lab, run));
        return {
          facts: Object.assign({}, ...told.map(({ facts }) => facts)) as NonNullable<Told['facts']>,
          violations: told.flatMap(({ violations = [] }) => violations),
        };
      },
    ),
};
