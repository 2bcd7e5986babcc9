import type { Redis } from 'ioredis';
import { WriteInvalidError, WriteLogFullError, WriteUnknownError } from '../errors.js';
import type { Durability } from '../region/durability.js';
import type { SharedConnection } from '../topology/shared-connection.js';
import type { LogConnection } from './log-connection.js';
import type { LogFigures } from './log-figures.js';
import { logKeys, logPartitionOf } from './log-keys.js';
import { LogScript } from './log-script.js';
import { pendingWriteIn, type PendingWrite } from './pending-write.js';
import { merged, operationArguments, type FieldChange, type WriteOperation } from './write-operation.js';
import { writeIdOf } from './write-id.js';

const APPEND = new LogScript('append');
/** How long the log knows that it has an operation already. */
export const RECEIPT_MS = 86_400_000;
const MOST_AT_ONCE = 64;
const MOST_IN_FLIGHT = 2;
const REPLICA_WITHIN_MS = 500;

/** A write that the log holds. */
export interface AcceptedWrite {
  readonly writeId: string;
  /** Its place in the order of its name's writes. */
  readonly position: number;
  readonly durability: Durability | 'through';
  /** What was pending for the value with it, the older first; empty unless that was asked for. */
  readonly pending: readonly PendingWrite[];
}

/** One operation on its way into the log. */
export interface LoggedOperation {
  /** The region of the value, and the value's parameters in it. */
  readonly region: string;
  readonly name: string;
  readonly params: unknown;
  readonly operation: WriteOperation;
  /** An operation with an id takes effect once, however often it is sent within a day. */
  readonly id?: string;
  /** How long the log knows the id; a day by default. */
  readonly idKeptMs?: number;
  /** Whether the answer tells what is pending. */
  readonly isTold?: boolean;
}

interface Waiting {
  operation: WriteOperation;
  readonly logged: LoggedOperation;
  count: number;
  readonly callers: {
    readonly resolve: (accepted: AcceptedWrite) => void;
    readonly reject: (error: unknown) => void;
  }[];
}

interface Lane {
  waiting: Waiting[];
  inFlight: number;
  isScheduled: boolean;
}

const isFieldChange = (operation: WriteOperation): operation is FieldChange =>
  !('replace' in operation) && !('delete' in operation);

/**
 * The durable log of writes that are not in the source yet. A write is acknowledged once the log has it at the promised
 * durability; writes of one name are in one order. What is sent in one turn travels together: group commit.
 */
export class WriteLog {
  private readonly lanes = new Map<number, Lane>();

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
      operationArguments(logged.region, logged.operation);
      if (this.figures.isFull) throw new WriteLogFullError(this.figures.entries);
      const lane = this.laneOf(logPartitionOf(logged.name));
      const same = this.mergeable(lane, logged);
      if (same) {
        same.operation = merged(same.operation as FieldChange, logged.operation as FieldChange);
        same.count += 1;
        same.callers.push({ resolve, reject });
      } else {
        lane.waiting.push({ operation: logged.operation, logged, count: 1, callers: [{ resolve, reject }] });
      }
      this.schedule(lane, logPartitionOf(logged.name));
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
      const sequence = logKeys.sequence(logPartitionOf(name));
      // a sequence that is not there yet begins with the first write, above whatever is counted here
      return (await client.exists(sequence)) === 1 ? client.incr(sequence) : 0;
    });
  }

  close(): void {
    this.figures.close();
  }

  private laneOf(partition: number): Lane {
    let lane = this.lanes.get(partition);
    if (!lane) this.lanes.set(partition, (lane = { waiting: [], inFlight: 0, isScheduled: false }));
    return lane;
  }

  /** The operation that waits last, when one and the same entry of the log can stand for both. */
  private mergeable(lane: Lane, logged: LoggedOperation): Waiting | undefined {
    const { name, operation, id, isTold } = logged;
    if (id !== undefined || isTold || !isFieldChange(operation)) return undefined;
    const same = lane.waiting.findLast((waiting) => waiting.logged.name === name);
    if (!same || same.logged.id !== undefined || same.logged.isTold || !isFieldChange(same.operation)) return undefined;
    return isMergeable(logged.region, merged(same.operation, operation)) ? same : undefined;
  }

  private schedule(lane: Lane, partition: number): void {
    if (lane.isScheduled || lane.inFlight >= MOST_IN_FLIGHT) return;
    lane.isScheduled = true;
    setImmediate(() => {
      lane.isScheduled = false;
      while (lane.waiting.length > 0 && lane.inFlight < MOST_IN_FLIGHT) {
        const batch = lane.waiting.splice(0, MOST_AT_ONCE);
        lane.inFlight += 1;
        void this.send(partition, batch).finally(() => {
          lane.inFlight -= 1;
          if (lane.waiting.length > 0) this.schedule(lane, partition);
        });
      }
    });
  }

  private async send(partition: number, batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.connection.write((client) => this.sendBatch(client, partition, batch));
      for (const [index, { callers, logged }] of batch.entries()) {
        const [position = '0', claimed = [], pending = []] = answers[index] ?? [];
        const accepted = {
          writeId: writeIdOf(Number(position), logged.name),
          position: Number(position),
          durability: this.connection.durability,
          pending: pendingIn(claimed, pending),
        };
        for (const { resolve } of callers) resolve(accepted);
      }
    } catch (error) {
      for (const { callers } of batch) for (const { reject } of callers) reject(error);
    }
  }

  private async sendBatch(client: Redis, partition: number, batch: readonly Waiting[]): Promise<AppendAnswer[]> {
    const keys = [logKeys.sequence(partition), logKeys.log(partition), logKeys.counts(partition)];
    const values: (string | number)[] = [];
    for (const { logged, operation, count } of batch) {
      const { region, name, params, id = '', idKeptMs = RECEIPT_MS, isTold } = logged;
      keys.push(logKeys.pending(name), logKeys.claimed(name), logKeys.receipt(name, id));
      values.push(
        name,
        JSON.stringify(params),
        id,
        idKeptMs,
        count,
        isTold ? 'tell' : '',
        ...operationArguments(region, operation),
      );
    }
    const isReplicated = this.connection.durability === 'replicated';
    const confirm = (): Promise<number> => (isReplicated ? client.wait(1, REPLICA_WITHIN_MS) : Promise.resolve(1));
    const [reply, replicas] = await APPEND.runThen(client, keys, values, confirm);
    if (replicas < 1) throw new WriteUnknownError(new Error('No replica confirmed the write.'));
    const [answers, entries, bytes] = reply as [AppendAnswer[], string, string];
    this.figures.learn(partition, Number(entries), Number(bytes));
    return answers;
  }
}

/** Whether two that were sound by themselves are one that is. */
const isMergeable = (region: string, operation: FieldChange): boolean => {
  try {
    operationArguments(region, operation);
    return true;
  } catch (error) {
    if (error instanceof WriteInvalidError) return false;
    throw error;
  }
};

type AppendAnswer = [position: string, claimed: string[], pending: string[]];

const pendingIn = (claimed: readonly string[], pending: readonly string[]): PendingWrite[] => {
  const older = pendingWriteIn(claimed);
  const newer = pendingWriteIn(pending);
  return [older, newer].filter(
    (write, index) => write !== undefined && (index === 0 || write.last !== older?.last),
  ) as PendingWrite[];
};
