import type { OnApplicationShutdown } from '@nestjs/common';
import type { CacheEvents } from '../events/cache-events.js';
import { WriteInvalidError, WriteLogUnavailableError, WriteUnseenError } from '../errors.js';
import type { Region } from '../region/region.js';
import { SharedConnection } from '../topology/shared-connection.js';
import { DeadLetters } from './dead-letters.js';
import { Flusher } from './flusher.js';
import { LogClaims } from './log-claims.js';
import { LogConnection, type LogPromise } from './log-connection.js';
import { LogFigures, type LogLimits, type LogState } from './log-figures.js';
import { logKeys, logPartitionOf } from './log-keys.js';
import { LoggedRequests } from './logged-requests.js';
import { ThroughWriter } from './through-writer.js';
import { writeIn } from './write-id.js';
import { WriteLog, type AcceptedWrite } from './write-log.js';
import type { PendingWrite } from './pending-write.js';
import type { WriteOperation } from './write-operation.js';
import type { WriteSink } from './write-sink.js';

/** What became of a write. */
export interface WriteState {
  readonly state: 'pending' | 'flushed' | 'dead';
  /** Why it did not take effect, or why the source refuses it. */
  readonly reason?: string;
}

/** How a write log is kept. */
export interface WriteLogOptions extends LogPromise, LogLimits {
  /** The Redis that the log is kept on. */
  readonly url: string;
  /** After how long without a sign of it a flusher that holds nothing is forgotten, in ms; default an hour. */
  readonly forgottenAfterMs?: number;
}

/** What a write is called in the log: its region without the version of its shape, and its key. */
const logNameOf = <P, V>(region: Region<P, V>, params: P): string => `${region.name}:${region.encode(params)}`;

/** How long a load waits to hear what is pending. */
const READ_WITHIN_MS = 250;
/** How long the first of them waits for the connection. */
const REACHED_WITHIN_MS = 500;
const LOG_EMPTY_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** The write log of this process, by regions: what accepts writes behind, tells what is pending, and flushes. */
export class WriteBehindLog implements OnApplicationShutdown {
  readonly deadLetters: DeadLetters;
  readonly requests: LoggedRequests;
  private readonly connection: LogConnection;
  private readonly reads: SharedConnection;
  /** The log answered for the first time, or did not for half a second. */
  private readonly reached: Promise<void>;
  private readonly log: WriteLog;
  private readonly flusher: Flusher;
  private readonly throughWriter: ThroughWriter;
  private readonly sinks = new Map<string, WriteSink>();

  constructor(options: WriteLogOptions, events: CacheEvents) {
    this.connection = new LogConnection(options.url, options, (fault) =>
      events.emit('writeLog', fault === undefined ? { isAvailable: true } : { isAvailable: false, fault }),
    );
    let reached: () => void = () => undefined;
    this.reached = new Promise((resolve) => {
      reached = resolve;
      setTimeout(resolve, REACHED_WITHIN_MS).unref();
    });
    this.reads = new SharedConnection(options.url, READ_WITHIN_MS, (isAvailable, cause) => {
      if (isAvailable) reached();
      else if (cause !== undefined) events.emit('fault', { during: 'reading the write log', cause });
    });
    const figures = new LogFigures(this.connection, options, () => events.emit('logLost', { what: 'everything' }));
    this.log = new WriteLog(this.connection, this.reads, figures);
    const onStreamsLost = (entered: number): boolean => events.emit('logLost', { what: 'streams', entered });
    const claims = new LogClaims(this.connection, onStreamsLost, options.forgottenAfterMs);
    this.flusher = new Flusher(claims, events);
    this.throughWriter = new ThroughWriter(this.connection, this.flusher, this.log.figures, events);
    this.requests = new LoggedRequests(this.connection);
    this.deadLetters = new DeadLetters(this.connection);
  }

  /** Why no write is accepted now; `undefined` when it is. */
  get unavailableFor(): string | undefined {
    return this.connection.unavailableFor;
  }

  /** Says where the writes of a region end, and who hears of the values that they have reached there. */
  register<P, V>(
    region: Region<P, V>,
    sink: WriteSink<V>,
    onFlushed: (list: readonly P[]) => Promise<void> = () => Promise.resolve(),
  ): void {
    this.sinks.set(region.name, sink);
    this.flusher.register(region.name, sink, (list) => onFlushed(list as readonly P[]));
  }

  /** Where the writes of a region end, when this process knows. */
  sinkOf<P, V>(region: Region<P, V>): WriteSink<V> | undefined {
    return this.sinks.get(region.name) as WriteSink<V> | undefined;
  }

  /** As {@link WriteLog.append}, for a value of a region. */
  append<P, V>(
    region: Region<P, V>,
    params: P,
    operation: WriteOperation,
    options: { readonly id?: string; readonly idKeptMs?: number; readonly isTold?: boolean } = {},
  ): Promise<AcceptedWrite> {
    return this.log.append({ region: region.name, name: logNameOf(region, params), params, operation, ...options });
  }

  /** Whether it is known what is pending. */
  get isReadable(): boolean {
    return this.reads.isAvailable;
  }

  /**
   * What is pending for each of these values, the older first.
   * @throws {StoreUnavailableError} nobody knows
   */
  async pending<P, V>(region: Region<P, V>, list: readonly P[]): Promise<PendingWrite[][]> {
    if (!this.reads.isAvailable) await this.reached;
    return this.log.pending(list.map((params) => logNameOf(region, params)));
  }

  /**
   * Applies what is pending for these values, so that what is then written through comes after it.
   * @throws {WriteLogUnavailableError} whether anything is pending is unknown
   * @throws whatever keeps the source from applying it
   */
  async settle<P, V>(region: Region<P, V>, params: P | readonly P[]): Promise<void> {
    const list = Array.isArray(params) ? (params as readonly P[]) : [params as P];
    await this.flusher.settle(list.map((one) => logNameOf(region, one)));
  }

  /** A position above all that were accepted for the value so far, 0 when none was: a document that has it has seen them. */
  positionAfter<P, V>(region: Region<P, V>, params: P): Promise<number> {
    return this.log.nextPosition(logNameOf(region, params));
  }

  /** As {@link Flusher.flush}. */
  flush(): Promise<number> {
    return this.flusher.flush();
  }

  /**
   * Flushes until nothing waits, whoever has claimed it, and answers how many operations that were.
   * @throws {WriteLogUnavailableError} after 10 s something still waited
   */
  async flushAll(): Promise<number> {
    const { depth } = await this.figures();
    const until = performance.now() + LOG_EMPTY_WITHIN_MS;
    for (;;) {
      await this.flusher.flush();
      const left = await this.figures();
      if (left.depth === 0) return depth;
      if (performance.now() > until)
        throw new WriteLogUnavailableError(`${left.depth} writes still wait for the source`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /**
   * Writes past the log: what is pending first, then this operation, at a position after all that were accepted before and
   * before all that are accepted from then on.
   * @throws {WriteInvalidError} the source refuses it; it takes no effect
   * @throws {WriteUnknownError} the source did not answer: it may take effect, now or later
   * @throws whatever keeps it from beginning, as {@link ThroughWriter.write}
   */
  async through<P, V>(
    region: Region<P, V>,
    params: P,
    operation: WriteOperation,
    options: { readonly id?: string; readonly idKeptMs?: number } = {},
  ): Promise<AcceptedWrite> {
    const sink = this.sinks.get(region.name);
    if (!sink) throw new WriteInvalidError(region.name, 'its writes have no sink here');
    const name = logNameOf(region, params);
    return this.throughWriter.write({ region: region.name, name, params, operation, ...options }, sink);
  }

  figures(): Promise<LogState> {
    return this.log.figures.read();
  }

  /**
   * What became of a write. Why one did not take effect is known for a day.
   * @throws {WriteUnseenError} no write has this id, or the log that gave it is lost
   */
  async state(writeId: string): Promise<WriteState> {
    const { position, name, isSealedBy } = writeIn(writeId);
    const partition = logPartitionOf(name);
    const { born, seal, latest, records, fates } = await this.connection.use(async (client) => {
      const facts = [logKeys.pending(name), logKeys.claimed(name)].map((key) => client.hmget(key, '#first', '#last'));
      const [[bornAt, sealed], sequence, inLog, told] = await Promise.all([
        client.hmget(logKeys.counts(partition), 'born', 'seal'),
        client.get(logKeys.sequence(partition)),
        Promise.all(facts),
        client.lrange(logKeys.fates(name), 0, -1),
      ]);
      return {
        born: Number(bornAt ?? Infinity),
        seal: sealed ?? '',
        latest: Number(sequence ?? 0),
        records: inLog,
        fates: told,
      };
    });
    if (position <= born || position > latest || !isSealedBy(seal)) throw new WriteUnseenError(writeId);
    const { state, reason, at } = fateOf(position, fates);
    if (records.some(([first, last]) => Number(first ?? Infinity) <= at && at <= Number(last ?? 0)))
      return { state: 'pending' };
    return { state, ...(reason !== undefined && { reason }) };
  }

  onApplicationShutdown(): void {
    this.close();
  }

  close(): void {
    this.log.close();
    this.reads.close();
    this.connection.close();
  }
}

/** What became of the write at `position` by what is told of its name, oldest first, and where it is if it was retried. */
const fateOf = (position: number, fates: readonly string[]): WriteState & { readonly at: number } => {
  let at = position;
  let known: WriteState = { state: 'flushed' };
  for (const fate of fates) {
    const [, first, last, state, reason = ''] = /^(\d+) (\d+) (\w+) (.*)$/s.exec(fate) ?? [];
    if (Number(first) > at || at > Number(last)) continue;
    known = state === 'retried' ? { state: 'flushed' } : { state: state === 'dead' ? 'dead' : 'flushed', reason };
    if (state === 'retried') at = Number(reason);
  }
  return { ...known, at };
};
