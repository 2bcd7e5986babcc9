import { isDeepStrictEqual } from 'node:util';
import { Injectable, type Type } from '@nestjs/common';
import { Cache } from '../cache/cache.js';
import { WriteLogFullError } from '../errors.js';
import type { Region } from '../region/region.js';
import type { PendingWrite } from '../write-behind/pending-write.js';
import { Turns } from '../write-behind/turns.js';
import { WriteBehindLog } from '../write-behind/write-behind-log.js';
import type { AcceptedWrite } from '../write-behind/write-log.js';
import type { WriteOperation } from '../write-behind/write-operation.js';
import type { WriteSink } from '../write-behind/write-sink.js';
import { Strategy, switchOn, type StrategyCall, type StrategyDecorator } from './strategy.js';

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
    // In this order: what is said of the value after the ticket keeps it from being replaced.
    const ticket = await this.cache.ticket(region, params);
    const kept = await this.cache.sharedValue(region, params);
    let accepted: AcceptedWrite;
    try {
      accepted = await this.log.append(region, params, write.operation, { ...withId(write), isTold: true });
    } catch (error) {
      await this.cache.invalidate(region, params); // it may have been accepted
      throw error;
    }
    await this.show(region, params, { kept, accepted, ticket, isRepeatable: write.id !== undefined });
    return accepted;
  }

  private async show(
    region: Region<unknown, unknown>,
    params: unknown,
    {
      kept,
      accepted: { pending },
      ticket,
      isRepeatable,
    }: { kept: unknown; accepted: AcceptedWrite; ticket: string; isRepeatable: boolean },
  ): Promise<void> {
    const sink = this.log.sinkOf(region);
    const isKnown = kept !== undefined && kept !== null && sink !== undefined;
    const after = isKnown ? shownOver(sink, kept, { pending, isRepeatable }) : undefined;
    // Lists are read from the source, which a flush has yet to reach; its change event drops them.
    if (after === undefined || after === null) await this.cache.invalidate(region, params);
    else await this.cache.write(region, params, after, { ticket, isByTicket: true });
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
 * What is pending over the cached value, which shows some of it already: that does no harm to fields that are set. Where sums
 * are shown, only an operation that is alone, and cannot have been sent before, is known not to be in the value.
 */
const shownOver = (
  sink: WriteSink,
  kept: unknown,
  { pending, isRepeatable }: { pending: readonly PendingWrite[]; isRepeatable: boolean },
): unknown => {
  const over = (writes: readonly PendingWrite[]): unknown =>
    writes.reduce<unknown>((value, write) => sink.overlaid(value, write), kept);
  const after = over(pending);
  const [only, ...others] = pending;
  if (only?.count === 1 && others.length === 0 && !isRepeatable) return after;
  const isWithoutSums = pending.every(({ add }) => Object.keys(add).length === 0);
  if (isWithoutSums || isDeepStrictEqual(after, over(pending.map((write) => ({ ...write, add: {} }))))) return after;
  return undefined;
};

const withId = ({ id, idKeptMs }: BehindWrite): { id?: string; idKeptMs?: number } => ({
  ...(id !== undefined && { id }),
  ...(idKeptMs !== undefined && { idKeptMs }),
});
