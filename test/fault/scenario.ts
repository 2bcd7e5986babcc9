import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultLab, type LabOptions, type MadeFault } from './fault.lab.js';
import { readHistory } from './history/history.file.js';
import type { Operation } from './history/history.js';
import { type Evidence, judge, type Verdict } from './history/judge.js';
import { statesOf } from './history/updates.js';
import { asOperator } from './operator.js';
import { PRODUCTS } from './processes/products.js';

/** How much of a scenario is run. */
export interface Scale {
  readonly faults: number;
  /** How many operations are accepted between two faults, at least. */
  readonly between: number;
  /** How long what lasts lasts, in ms. */
  readonly lastsMs: number;
}

/** One run of a scenario. */
export interface Run extends Scale {
  readonly seed: number;
  /** Whether how long something took is judged too, and not told alone: not where the machine does something else beside. */
  readonly isTimed: boolean;
  /** Hears what is going on. */
  say(line: string): void;
}

/** What came of a run: the verdict, and what is worth quoting. */
export interface Found extends Verdict {
  readonly faults: readonly MadeFault[];
  readonly facts: Readonly<Record<string, number | string>>;
  /** What was not as it must be, beside the operations. */
  readonly violations: readonly string[];
  /** Where the history is, when it was kept. */
  readonly kept?: string;
}

/** One scenario of the fault plan. */
export interface Scenario {
  readonly id: string;
  readonly about: string;
  readonly short: Scale;
  readonly full: Scale;
  run(run: Run): Promise<Found>;
}

/** What the faults of a run say beside the history. */
export interface Told extends Pick<Evidence, 'dead' | 'isExcused'> {
  readonly facts?: Readonly<Record<string, number | string>>;
  readonly violations?: readonly string[];
}

/** What a run does to the laboratory, all its processes being at work. */
export type Work = (lab: FaultLab) => Promise<Told>;

/** The longest that anybody may wait for an answer. */
const DEADLINE_MS = 5_000;
/** Who waits longer is not slow but forgotten, however busy the machine is. */
const HUNG_MS = 30_000;

const DRAINED_WITHIN_MS = 60_000;
const MEANT_TO_FAIL_MS = 8_000;

/** Whether nothing was wrong. */
export const isSound = ({ lost, doubled, regressed, stale, violations, acknowledged }: Found): boolean =>
  lost + doubled + regressed + stale === 0 && violations.length === 0 && acknowledged > 0;

const healed = async (lab: FaultLab): Promise<void> => {
  await lab.queue.disk.slowDown(0);
  await lab.queue.disk.fill(false);
  for (const { server, way } of [lab.queue, lab.mongo]) {
    way.heal();
    await server.kill('SIGCONT');
    if (!server.isRunning) await server.restart();
  }
  for (const flusher of lab.flushers) flusher.thaw();
};

/** How many operations were under way at the fault at which the fewest were. */
const leastInFlight = (faults: readonly MadeFault[], history: readonly Operation[]): number =>
  Math.min(...faults.map(({ at }) => history.filter(({ t0, t1 }) => t0 <= at && at < t1).length));

/**
 * Opens a laboratory, lets `work` do its harm, heals what is broken, and judges what was accepted when all is flushed. The
 * history of a run that is not sound is kept, unless that is what it is to show.
 */
export const inLab = async (options: LabOptions, run: Run, work: Work, isLossMeant = false): Promise<Found> => {
  const lab = await FaultLab.open(options);
  let isKept = true;
  try {
    await lab.populate();
    await lab.accept(Math.min(run.between, 500));
    const told = await work(lab);
    await healed(lab);
    const drainMs = await lab.drain(isLossMeant ? MEANT_TO_FAIL_MS : DRAINED_WITHIN_MS).catch((error: unknown) => {
      if (!isLossMeant) throw error;
      return NaN; // what is broken on purpose may leave something behind
    });
    const { longestMs } = lab.counts;
    const compared = await Promise.all(lab.readers.map((reader) => reader.compare()));
    const untrue = compared.flatMap(({ differing }) => differing);
    await Promise.all([...lab.flushers, ...lab.readers].map((process) => process.stop()));
    const letters = isLossMeant ? [] : await asOperator(lab, (log) => log.deadLetters.list());
    const given = letters.slice(0, 5).map(({ name, reason }) => `${name} became a dead letter: ${reason}`);
    run.say('judges what was seen');
    const client = lab.database.getClient();
    const [history, states] = await Promise.all([readHistory(lab.folder), statesOf(client, 'larder', PRODUCTS)]);
    const verdict = judge({ history, states, ...told });
    const late =
      longestMs > (run.isTimed ? DEADLINE_MS : HUNG_MS)
        ? [`an operation waited ${Math.round(longestMs)} ms for its answer`]
        : [];
    const found: Found = {
      ...verdict,
      faults: lab.faults,
      facts: {
        ...{ drainMs: Math.round(drainMs), longestMs: Math.round(longestMs) },
        ...(lab.faults.length > 0 && { leastInFlight: leastInFlight(lab.faults, history) }),
        ...(lab.queue.disk.lostBytes > 0 && { cutBytes: lab.queue.disk.lostBytes }),
        ...(compared[0] && { compared: compared[0].compared, keptOfThem: compared[0].kept }),
        ...told.facts,
      },
      violations: [
        ...lab.crashes,
        ...late,
        ...given,
        ...(untrue.length > 0 ? [`the cache does not answer what MongoDB has: ${untrue.slice(0, 5).join(', ')}`] : []),
        ...(compared.some(({ kept }) => kept === 0) ? ['the cache kept nothing that could be compared'] : []),
        ...(told.violations ?? []),
      ],
    };
    isKept = !isSound(found) && !isLossMeant;
    if (!isKept) return found;
    const entries = JSON.stringify(Object.fromEntries(states));
    await writeFile(join(lab.folder, 'states.json'), entries); // what each document went through
    await writeFile(join(lab.folder, 'found.json'), JSON.stringify({ seed: options.seed, ...found }, null, 2));
    return { ...found, kept: lab.folder };
  } finally {
    await lab.close(isKept);
  }
};

/** What several runs came to. */
export const together = (all: readonly Found[]): Found => {
  const sum = (of: (found: Found) => number): number => all.reduce((total, found) => total + of(found), 0);
  const kept = all.find((found) => found.kept !== undefined)?.kept;
  return {
    operations: sum(({ operations }) => operations),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    unknown: sum(({ unknown }) => unknown),
    dead: sum(({ dead }) => dead),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    regressed: sum(({ regressed }) => regressed),
    stale: sum(({ stale }) => stale),
    findings: all.flatMap(({ findings }) => findings),
    faults: all.flatMap(({ faults }) => faults),
    violations: all.flatMap(({ violations }) => violations),
    facts: Object.assign({}, ...all.map(({ facts }) => facts)) as Found['facts'],
    ...(kept !== undefined && { kept }),
  };
};
