import type { Operation } from './history.js';
import { type Fault, KeyJudge, type Tell } from './key.judge.js';
import { judgePrices } from './price.judge.js';
import type { Shadow } from './updates.js';

/** A range of a key's positions that became a dead letter. */
export interface DeadRange {
  readonly key: string;
  readonly first: number;
  readonly last: number;
}

/** What is known of a run when it is over. */
export interface Evidence {
  readonly history: readonly Operation[];
  readonly states: ReadonlyMap<string, readonly Shadow[]>;
  readonly dead?: readonly DeadRange[];
  /** Whether an accepted operation may be absent, an operator having thrown it away. */
  readonly isExcused?: (operation: Operation) => boolean;
}

/** How many operations there were, how many of them were accepted, and with how many something is wrong. */
export interface Verdict extends Record<Fault, number> {
  readonly operations: number;
  readonly acknowledged: number;
  readonly unknown: number;
  readonly dead: number;
  /** The first findings, as sentences. */
  readonly findings: readonly string[];
}

const MOST_FINDINGS = 40;

const byKey = <T extends { readonly key: string }>(list: readonly T[]): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(one.key);
    if (group) group.push(one);
    else groups.set(one.key, [one]);
  }
  return groups;
};

/**
 * Compares what callers were told with what MongoDB did. What is unknown may be there or not; what was accepted is there once
 * and in order; what was refused is not there.
 */
export const judge = ({ history, states, dead = [], isExcused = () => false }: Evidence): Verdict => {
  const counts: Record<Fault, number> = { lost: 0, doubled: 0, regressed: 0, stale: 0 };
  const findings: string[] = [];
  const tell: Tell = (fault, finding, operations = 1) => {
    counts[fault] += operations;
    if (findings.length < MOST_FINDINGS) findings.push(`${fault}: ${finding}`);
  };
  const deadOf = byKey(dead);
  const isDead = ({ key, position, result }: Operation): boolean =>
    result === 'ok' && (deadOf.get(key) ?? []).some(({ first, last }) => first <= position && position <= last);
  let deadCount = 0;
  for (const [key, all] of byKey(history)) {
    const alive = all.filter((operation) => !isDead(operation));
    deadCount += all.length - alive.length;
    const judged = alive.map((one) =>
      isExcused(one) && one.result === 'ok' ? { ...one, result: 'unknown' as const } : one,
    );
    const went = states.get(key) ?? [];
    new KeyJudge(key, judged, tell).judge(went);
    judgePrices(key, judged, went, tell);
  }
  const of = (result: string): number => history.filter((operation) => operation.result === result).length;
  return {
    operations: history.length,
    acknowledged: of('ok'),
    unknown: of('unknown'),
    dead: deadCount,
    ...counts,
    findings,
  };
};
