import { Injectable, type Type } from '@nestjs/common';
import type { KeptValue } from '../cache/amender.js';
import { Cache } from '../cache/cache.js';
import { WriteLogFullError, WriteUnknownError } from '../errors.js';
import type { Region } from '../region/region.js';
import type { PendingWrite } from '../write-behind/pending-write.js';
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
  private readonly turns = new Map<string, Promise<void>>();

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
  private async seen(region: Region<unknown, unknown>, params: unknown, write: BehindWrite): Promise<AcceptedWrite> {
    const name = `${region.name}:${region.encode(params)}`;
    const before = this.turns.get(name);
    const accepting = (before ?? Promise.resolve()).then(() => this.acceptSeen(region, params, write));
    const turn = accepting.then(
      () => undefined,
      () => undefined, // whoever waits for its turn has nothing to do with this one's error
    );
    this.turns.set(name, turn);
    try {
      return await accepting;
    } finally {
      if (this.turns.get(name) === turn) this.turns.delete(name);
    }
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
    await this.show(region, params, kept, accepted);
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
    before: KeptValue<unknown> | undefined,
    { pending: told, position }: AcceptedWrite,
  ): Promise<void> {
    let kept = before;
    let pending: readonly PendingWrite[] | undefined = told;
    for (let round = 0; kept !== undefined && pending !== undefined && round < SHOWN_IN_ROUNDS; round += 1) {
      const value = this.shown(region, kept.value, pending);
      if (value === undefined) break;
      if (await this.cache.amend(region, params, kept, value)) return;
      kept = await this.cache.kept(region, params);
      pending = await this.pendingWith(region, params, position);
    }
    await this.cache.invalidate(region, params);
  }

  /** The value with what is pending on top; `undefined` when that is not known, or none. */
  private shown(region: Region<unknown, unknown>, kept: unknown, pending: readonly PendingWrite[]): unknown {
    const sink = this.log.sinkOf(region);
    if (sink === undefined || kept === null) return undefined;
    const value = pending.reduce<unknown>((seen, write) => sink.overlaid(seen, write), kept);
    // What is kept may show some of it already, and what is added must not be added twice.
    const isAdding = pending.some(({ add }) => Object.keys(add).length > 0);
    const again = isAdding && pending.reduce<unknown>((seen, write) => sink.overlaid(seen, write), value);
    return value === null || (isAdding && JSON.stringify(again) !== JSON.stringify(value)) ? undefined : value;
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
    const accepted = await this.log.through(region, params, write.operation);
    await this.cache.invalidate(region, params);
    return accepted;
  }
}

const withId = ({ id, idKeptMs }: BehindWrite): { id?: string; idKeptMs?: number } => ({
  ...(id !== undefined && { id }),
  ...(idKeptMs !== undefined && { idKeptMs }),
});
