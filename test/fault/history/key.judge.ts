import type { Operation } from './history.js';
import type { Shadow } from './updates.js';

/** The fields of a document that edits set. */
export const EDITED = ['a', 'b', 'c'] as const;

/** What can be wrong with what was accepted. */
export type Fault = 'lost' | 'doubled' | 'regressed' | 'stale';

/** Tells a fault, and how many operations it is about. */
export type Tell = (fault: Fault, finding: string, operations?: number) => void;

const appliedOf = ({ log }: Shadow): number => log?.applied ?? 0;
/** What a document is as a whole: the token of the operation that replaced it, or that it is deleted. */
const wholeOf = ({ isDeleted, token }: Shadow): unknown => (isDeleted === true ? 'deleted' : token);
const inOrder = (one: Operation, other: Operation): number =>
  one.position - other.position || one.serial - other.serial;

/** Compares what callers were told of one key with the states that its document went through. */
export class KeyJudge {
  /** The highest position that was applied so far. */
  private high = 0;
  private next = 0;
  /** Views that nobody was told to be accepted. */
  private surplus = 0;
  private readonly accepted: readonly Operation[];
  private readonly unknown: readonly Operation[];
  private readonly writers = new Map<string, Operation>();
  private readonly seen = new Set<unknown>();

  constructor(
    private readonly key: string,
    operations: readonly Operation[],
    private readonly tell: Tell,
  ) {
    const logged = operations.filter(({ deed }) => deed.kind !== 'price');
    this.accepted = logged.filter(({ result }) => result === 'ok').sort(inOrder);
    this.unknown = logged.filter(({ result }) => result === 'unknown');
    for (const operation of logged) this.writers.set(operation.token, operation);
  }

  judge(states: readonly Shadow[]): void {
    let before: Shadow = {};
    for (const state of states) {
      if (appliedOf(state) > this.high) this.flushed(before, state);
      else this.untouched(before, state);
      if (appliedOf(state) < appliedOf(before)) this.tell('regressed', `${this.key}: log.applied fell`);
      if ((state.version ?? 0) < (before.version ?? 0)) this.tell('regressed', `${this.key}: version fell`);
      before = state;
    }
    for (const { token, position } of this.accepted.slice(this.next))
      this.tell('lost', `${this.key}: ${token} at ${position} was never applied, the last that was is ${this.high}`);
    const possible = this.unknown.filter(({ deed }) => deed.kind === 'view').length;
    if (this.surplus > possible)
      this.tell('doubled', `${this.key}: ${this.surplus} views too many, ${possible} unknown`, this.surplus - possible);
  }

  /** A state that some operations led to which were not applied before: all of them up to its position. */
  private flushed(before: Shadow, state: Shadow): void {
    this.high = appliedOf(state);
    const from = this.next;
    while ((this.accepted[this.next]?.position ?? Infinity) <= this.high) this.next += 1;
    const range = this.accepted.slice(from, this.next);
    const wanted = range.filter(({ deed }) => deed.kind === 'view').length;
    const added = (state.views ?? 0) - (before.views ?? 0);
    if (added < wanted)
      this.tell('lost', `${this.key}: ${wanted} views became ${added} at ${this.high}`, wanted - added);
    else this.surplus += added - wanted;
    for (const field of EDITED) {
      const last = range.findLast(({ deed }) => deed.kind === 'edit' && deed.fields.includes(field));
      this.written({ what: field, was: before[field], is: state[field], last, wanted: last?.token });
    }
    const last = range.findLast(({ deed }) => deed.kind === 'replace' || deed.kind === 'delete');
    const whole = last?.deed.kind === 'delete' ? 'deleted' : last?.token;
    this.written({ what: 'document', was: wholeOf(before), is: wholeOf(state), last, wanted: whole });
  }

  /** A state that no operation may have led to. */
  private untouched(before: Shadow, state: Shadow): void {
    const added = (state.views ?? 0) - (before.views ?? 0);
    if (added !== 0)
      this.tell('doubled', `${this.key}: views changed by ${added} by what was applied already`, Math.abs(added));
    for (const field of EDITED) {
      if (state[field] !== before[field])
        this.tell('regressed', `${this.key}: ${field} is ${String(state[field])} again`);
    }
    if (wholeOf(state) !== wholeOf(before)) this.tell('regressed', `${this.key} is ${String(wholeOf(state))} again`);
  }

  private written(one: {
    readonly what: string;
    readonly was: unknown;
    readonly is: unknown;
    readonly last: Operation | undefined;
    readonly wanted: string | undefined;
  }): void {
    const { what, was, is, last, wanted } = one;
    if (is !== was && is !== 'deleted' && this.seen.has(`${what} ${String(is)}`))
      this.tell('regressed', `${this.key}: ${what} is ${String(is)} again`);
    this.seen.add(`${what} ${String(is)}`);
    if (is === wanted || (is === was && last === undefined)) return;
    if (this.isPossible(is)) return;
    if (last) this.tell('lost', `${this.key}: ${what} is ${String(is)} where ${String(wanted)} was accepted`);
    else this.tell('doubled', `${this.key}: ${what} became ${String(is)}, which was not accepted or applied before`);
  }

  /** Whether nobody knows that this was not written. */
  private isPossible(value: unknown): boolean {
    if (value === 'deleted') return this.unknown.some(({ deed }) => deed.kind === 'delete');
    return this.writers.get(String(value))?.result === 'unknown';
  }
}
