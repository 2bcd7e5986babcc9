import { isDeepStrictEqual } from 'node:util';
import { Injectable, type Type } from '@nestjs/common';
import type { KeptValue } from '../cache/amender.js';
import { Cache } from '../cache/cache.js';
import { WriteLogFullError, WriteUnknownError } from '../errors.js';
import type { Region } from '../region/region.js';
import type { PendingWrite } from '../write-behind/pending-write.js';
import { Turns } from '../write-behind/turns.js';
import { WriteBehindLog } from '../write-behind/write-behind-log.js';
import type { AcceptedWrite } from '../write-behind/write-log.js';
import type { WriteOperation } from '../write-behind/write-operation.js';
import type { WriteSink } from '../write-behind/write-sink.js';
import { Strategy, switchOn, type StrategyCall, type StrategyDecorator } from './strategy.js';

/** Each round that fails is one in which another process has succeeded. */
const SHOWN_IN_ROUNDS = 50;

/** The class of a sink, which is its token too. */
export type SinkType<V = unknown> = Type<WriteSink<V>>;

/** How a write behind names what it changes, and where it ends. */
export interface WriteBehindOptions<P, V, A extends readonly unknown[]> {
  /** The parameters of the region, from the method's arguments. */
  readonly key: (...args: A) => P;
  /** The provider that applies the region's writes to the source. */
  readonly sink: SinkType<V>;
  /** The cached value shows nothing of what is written, a counter for one: it is left alone. */
  readonly isUnseen?: boolean;
  /** What a log that is full answers: an error, or the write is made through at once; default `refuse`. */
  readonly whenFull?: 'refuse' | 'through';
}

/** What a method decorated by `WriteBehind` answers: what is to be done, and then how it was accepted. */
export class BehindWrite {
  constructor(
    readonly operation: WriteOperation,
    /** With an id the operation takes effect once, however often it is sent within a day. */
    readonly id?: string,
    /** How long that is known, in ms, in place of a day. */
    readonly idKeptMs?: number,
    private readonly outcome?: AcceptedWrite,
  ) {}

  /** @throws {TypeError} it was not accepted: the method was called past its strategy */
  get accepted(): AcceptedWrite {
    if (!this.outcome) throw new TypeError('The write is not accepted yet. Call the method on the injected provider.');
    return this.outcome;
  }
}

/** What a method decorated by `WriteBehind` is to answer. */
export const behind = (
  operation: WriteOperation,
  { id, idKeptMs }: { readonly id?: string; readonly idKeptMs?: number } = {},
): BehindWrite => new BehindWrite(operation, id, idKeptMs);

/**
 * Runs the method, which answers what is to be done (by `behind`) and touches no source; the operation is then accepted by
 * the durable log, the cached value replaced, or invalidated where it is not known whole, and the answer is how it was
 * accepted. The source hears of it with a later flush; every read shows it from now on.
 * Idea: write-behind of Coherence and Redisson, with a log that is on disk before it is acknowledged.
 */
export const WriteBehind = <P, V, A extends readonly unknown[]>(
  region: Region<P, V>,
  options: WriteBehindOptions<P, V, A>,
): StrategyDecorator<(...args: [...A, ...never[]]) => Promise<BehindWrite>> =>
  switchOn(WriteBehindInterceptor, region, { ...options });

@Injectable()
export class WriteBehindInterceptor extends Strategy {
  private readonly turns = new Turns();

  constructor(
    private readonly cache: Cache,
    private readonly log: WriteBehindLog,
  ) {
    super();
  }

  override async around({ switched, args, proceed }: StrategyCall): Promise<unknown> {
    const region = switched.region as unknown as Region<unknown, unknown>;
    const { key, isUnseen, whenFull } = switched.options;
    const params = key?.(...(args as never[]));
    const write = (await proceed(...args)) as BehindWrite;
    const accept = isUnseen === true ? this.unseen(region, params, write) : this.seen(region, params, write);
    const accepted = await accept.catch((error: unknown) => {
      if (!(error instanceof WriteLogFullError) || whenFull !== 'through') throw error;
      return this.through(region, params, write);
    });
    return new BehindWrite(write.operation, write.id, write.idKeptMs, accepted);
  }

  private unseen(region: Region<unknown, unknown>, params: unknown, write: BehindWrite): Promise<AcceptedWrite> {
    return this.log.append(region, params, write.operation, withId(write));
  }

  /** One after the other for each value: of two at once neither could show the other's. */
  private seen(region: Region<unknown, unknown>, params: unknown, write: BehindWrite): Promise<AcceptedWrite> {
    return this.turns.take(`${region.name}:${region.encode(params)}`, () => this.acceptSeen(region, params, write));
  }

  private async acceptSeen(
    region: Region<unknown, unknown>,
    params: unknown,
    write: BehindWrite,
  ): Promise<AcceptedWrite> {
    const kept = await this.cache.kept(region, params); // before it is accepted: what is kept is then no newer
    let accepted: AcceptedWrite;
    try {
      accepted = await this.log.append(region, params, write.operation, { ...withId(write), isTold: true });
    } catch (error) {
      if (error instanceof WriteUnknownError) await this.cache.invalidate(region, params); // it may have been accepted
      throw error;
    }
    await this.show(region, params, { kept, accepted, isRepeatable: write.id !== undefined });
    return accepted;
  }

  /**
   * Puts what is pending on top of what is kept. Of two that do so at once, in two processes, one finds that it was not alone
   * and begins anew with all that is pending by then: so nothing of either is lost, and a kept value stays one.
   * Lists are read from the source, which a flush has yet to reach; its change event drops them.
   */
  private async show(
    region: Region<unknown, unknown>,
    params: unknown,
    {
      kept: before,
      accepted,
      isRepeatable,
    }: { kept: KeptValue<unknown> | undefined; accepted: AcceptedWrite; isRepeatable: boolean },
  ): Promise<void> {
    const sink = this.log.sinkOf(region);
    let kept = before;
    let pending: readonly PendingWrite[] | undefined = accepted.pending;
    for (let round = 0; sink && kept !== undefined && pending !== undefined && round < SHOWN_IN_ROUNDS; round += 1) {
      // what is read again was read after this write was accepted, and may show it
      const value = shownOver(sink, kept.value, { pending, mayShowIt: isRepeatable || round > 0 });
      if (value === undefined || value === null) break;
      if (await this.cache.amend(region, params, kept, value)) return;
      kept = await this.cache.kept(region, params);
      pending = await this.pendingWith(region, params, accepted.position);
    }
    await this.cache.invalidate(region, params);
  }

  /** What is pending, the write at `position` with it; `undefined` when that one is in the source, or nobody knows. */
  private async pendingWith(
    region: Region<unknown, unknown>,
    params: unknown,
    position: number,
  ): Promise<readonly PendingWrite[] | undefined> {
    const [pending = []] = await this.log.pending(region, [params]).catch(() => []); // that the log is away its own events tell
    return pending.some(({ first, last }) => first <= position && position <= last) ? pending : undefined;
  }

  /** Past a full log: what is pending first, then this one, at a position of its own. */
  private async through(region: Region<unknown, unknown>, params: unknown, write: BehindWrite): Promise<AcceptedWrite> {
    try {
      return await this.log.through(region, params, write.operation, withId(write));
    } finally {
      await this.cache.invalidate(region, params); // where it failed, it may have been made
    }
  }
}

/**
 * What is pending over the cached value, which may show some of it already: that does no harm to fields that are set, but
 * what is added must not be added twice. Where sums are shown, only an operation that is alone, and that the value cannot show
 * yet, is laid over it; `undefined` otherwise.
 */
const shownOver = (
  sink: WriteSink,
  kept: unknown,
  { pending, mayShowIt }: { pending: readonly PendingWrite[]; mayShowIt: boolean },
): unknown => {
  const over = (value: unknown, writes: readonly PendingWrite[]): unknown =>
    writes.reduce<unknown>((seen, write) => sink.overlaid(seen, write), value);
  if (kept === null) return undefined;
  const [only, ...others] = pending;
  const isAlone = only?.count === 1 && others.length === 0 && !mayShowIt;
  if (!isAlone && pending.some(({ add }) => Object.keys(add).length > 0)) {
    const ones = pending.map((write) => ({ ...write, add: onesOf(write.add) }));
    const once = over(kept, ones);
    if (!isDeepStrictEqual(once, over(once, ones))) return undefined;
  }
  return over(kept, pending);
};

/** In place of sums that may come to nothing, though the value shows some of what is in them. */
const onesOf = (add: PendingWrite['add']): PendingWrite['add'] =>
  Object.fromEntries(Object.keys(add).map((field) => [field, 1]));

const withId = ({ id, idKeptMs }: BehindWrite): { id?: string; idKeptMs?: number } => ({
  ...(id !== undefined && { id }),
  ...(idKeptMs !== undefined && { idKeptMs }),
});
