import type { Redis } from 'ioredis';
import { WriteInvalidError, WriteLogFullError, WriteUnknownError } from '../errors.js';
import type { Durability } from '../region/durability.js';
import type { SharedConnection } from '../topology/shared-connection.js';
import { appendArguments, type LoggedOperation } from './append-arguments.js';
import { appendedIn, pendingIn, type Appended } from './append-reply.js';
import type { LogConnection } from './log-connection.js';
import type { LogFigures } from './log-figures.js';
import { logKeys, logPartitionOf } from './log-keys.js';
import { LogScript } from './log-script.js';
import type { PendingWrite } from './pending-write.js';
import { merged, written, type FieldChange, type WriteOperation, type WrittenOperation } from './write-operation.js';
import { writeIdOf } from './write-id.js';

const APPEND = new LogScript('append');
const MOST_AT_ONCE = 64;
const MOST_IN_FLIGHT = 2;
const REPLICA_WITHIN_MS = 500;
const NONE: readonly PendingWrite[] = Object.freeze([]);

/** A write that the log holds. */
export interface AcceptedWrite {
  readonly writeId: string;
  /** Its place in the order of its name's writes. */
  readonly position: number;
  readonly durability: Durability | 'through';
  /** What was pending for the value with it, the older first; empty unless that was asked for. */
  readonly pending: readonly PendingWrite[];
}

interface Waiting {
  operation: WriteOperation;
  written: WrittenOperation;
  readonly logged: LoggedOperation;
  count: number;
  readonly callers: {
    readonly resolve: (accepted: AcceptedWrite) => void;
    readonly reject: (error: unknown) => void;
  }[];
}

interface Lane {
  waiting: Waiting[];
  /** The operation of each name that waits last. */
  readonly latest: Map<string, Waiting>;
  inFlight: number;
}

const isFieldChange = (operation: WriteOperation): operation is FieldChange =>
  !('replace' in operation) && !('delete' in operation);

/**
 * The durable log of writes that are not in the source yet. A write is acknowledged once the log has it at the promised
 * durability; writes of one name are in one order. What is sent in one turn travels together: group commit.
 */
export class WriteLog {
  private readonly lanes = new Map<number, Lane>();
  private isScheduled = false;

  constructor(
    private readonly connection: LogConnection,
    /** For reads, which give up sooner than writes. */
    private readonly reads: SharedConnection,
    readonly figures: LogFigures,
  ) {}

  /**
   * Accepts an operation.
   * @throws {WriteInvalidError} it is none, or too large; nothing was accepted
   * @throws {WriteLogFullError} the log is full; nothing was accepted
   * @throws {WriteLogUnavailableError} nothing was accepted
   * @throws {WriteUnknownError} whether it was accepted is unknown: with an id it may be sent again
   */
  append(logged: LoggedOperation): Promise<AcceptedWrite> {
    return new Promise((resolve, reject) => {
      const sent = written(logged.region, logged.operation);
      if (this.figures.isFull) throw new WriteLogFullError(this.figures.entries);
      const lane = this.laneOf(logPartitionOf(logged.name));
      if (!joined(lane, logged, { resolve, reject })) {
        const waiting = {
          operation: logged.operation,
          written: sent,
          logged,
          count: 1,
          callers: [{ resolve, reject }],
        };
        lane.waiting.push(waiting);
        lane.latest.set(logged.name, waiting);
      }
      this.schedule();
    });
  }

  /**
   * What is pending for each of these names, the older first.
   * @throws {StoreUnavailableError} nobody knows
   */
  async pending(names: readonly string[]): Promise<PendingWrite[][]> {
    const records = await this.reads.use((client) =>
      Promise.all(
        names.map((name) =>
          // the pending record first: taken between the two reads, it is found as the claimed one
          Promise.all([client.call('HGETALL', logKeys.pending(name)), client.call('HGETALL', logKeys.claimed(name))]),
        ),
      ),
    );
    return records.map(([pending, claimed]) => pendingIn(claimed as string[], pending as string[]));
  }

  /** A position after all that were given to the name's partition: what is pending under the name is below it. */
  async nextPosition(name: string): Promise<number> {
    return this.connection.use(async (client) => {
      const partition = logPartitionOf(name);
      const sequence = logKeys.sequence(partition);
      // the value is made again: no dead letter was meant for this one
      const since = logKeys.since(partition);
      if ((await client.hexists(since, name)) === 1) await client.hset(since, `${name}\0*`, 1);
      // a sequence that is not there yet begins with the first write, above whatever is counted here
      return (await client.exists(sequence)) === 1 ? client.incr(sequence) : 0;
    });
  }

  close(): void {
    this.figures.close();
  }

  private laneOf(partition: number): Lane {
    let lane = this.lanes.get(partition);
    if (!lane) this.lanes.set(partition, (lane = { waiting: [], latest: new Map(), inFlight: 0 }));
    return lane;
  }

  /** Sends at the end of this turn what waits in all lanes: in one write to the socket, whose cost is most of a batch's. */
  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.connection.inOneWrite(() => {
        for (const [partition, lane] of this.lanes) this.sendFrom(partition, lane);
      });
    });
  }

  private sendFrom(partition: number, lane: Lane): void {
    while (lane.waiting.length > 0 && lane.inFlight < MOST_IN_FLIGHT) {
      const batch = lane.waiting.splice(0, MOST_AT_ONCE);
      if (lane.waiting.length === 0) lane.latest.clear();
      else
        for (const waiting of batch)
          if (lane.latest.get(waiting.logged.name) === waiting) lane.latest.delete(waiting.logged.name);
      lane.inFlight += 1;
      void this.send(partition, batch).finally(() => {
        lane.inFlight -= 1;
        if (lane.waiting.length > 0) this.schedule();
      });
    }
  }

  private async send(partition: number, batch: readonly Waiting[]): Promise<void> {
    try {
      const { before, exceptions, seal } = await this.connection.write((client) =>
        this.sendBatch(client, partition, batch),
      );
      const { durability } = this.connection;
      let position = before;
      for (const { callers, logged } of batch) {
        position += 1;
        const own = exceptions.get(position);
        const at = own?.position ?? position;
        const accepted = {
          writeId: writeIdOf(at, logged.name, seal),
          position: at,
          durability,
          pending: own?.pending ?? NONE,
        };
        for (const { resolve } of callers) resolve(accepted);
      }
    } catch (error) {
      for (const { callers } of batch) for (const { reject } of callers) reject(error);
    }
  }

  private async sendBatch(client: Redis, partition: number, batch: readonly Waiting[]): Promise<Appended> {
    const keys = [logKeys.sequence(partition), logKeys.log(partition), logKeys.counts(partition)];
    const appended = appendedIn(await this.confirmed(client, keys, appendArguments(batch, keys)), batch.length);
    this.figures.learn(partition, appended.entries, appended.bytes);
    return appended;
  }

  /** The script's answer, once the promised durability is reached. */
  private async confirmed(
    client: Redis,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown> {
    if (this.connection.durability !== 'replicated') return APPEND.run(client, keys, values);
    const [reply, replicas] = await APPEND.runThen(client, keys, values, () => client.wait(1, REPLICA_WITHIN_MS));
    if (replicas < 1) throw new WriteUnknownError(new Error('No replica confirmed the write.'));
    return reply;
  }
}

/** Makes an operation one with the one of its name that waits last, when an entry of the log can stand for both. */
const joined = (lane: Lane, logged: LoggedOperation, caller: Waiting['callers'][number]): boolean => {
  const { region, name, operation, id, isTold } = logged;
  if (id !== undefined || isTold || !isFieldChange(operation)) return false;
  const same = lane.latest.get(name);
  if (!same || same.logged.id !== undefined || same.logged.isTold || !isFieldChange(same.operation)) return false;
  const both = merged(same.operation, operation);
  const sent = writtenIfSound(region, both);
  if (!sent) return false;
  same.operation = both;
  same.written = sent;
  same.count += 1;
  same.callers.push(caller);
  return true;
};

/** Two that were sound by themselves as one, when together they are too. */
const writtenIfSound = (region: string, operation: FieldChange): WrittenOperation | undefined => {
  try {
    return written(region, operation);
  } catch (error) {
    if (error instanceof WriteInvalidError) return undefined;
    throw error;
  }
};
