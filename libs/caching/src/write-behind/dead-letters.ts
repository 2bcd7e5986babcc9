import { DeadLetterUnknownError, WriteInvalidError } from '../errors.js';
import type { LogConnection } from './log-connection.js';
import { LOG_PARTITIONS, logKeys } from './log-keys.js';
import { pendingWriteIn, type PendingWrite } from './pending-write.js';
import type { WriteLog } from './write-log.js';

const MOST_LISTED = 100;

/** A write that the source refused for good, kept until an operator retries or drops it. */
export interface DeadLetter {
  readonly id: string;
  readonly region: string;
  readonly reason: string;
  /** When it was given up, ISO 8601. */
  readonly at: string;
  /** What was to be written; `null` when it cannot be read. */
  readonly write: PendingWrite | null;
  readonly name: string;
}

/** The writes that the source refused for good, durable as the log is. */
export class DeadLetters {
  constructor(
    private readonly connection: LogConnection,
    private readonly log: WriteLog,
  ) {}

  /** The oldest of them, at most 100. */
  async list(): Promise<DeadLetter[]> {
    const partitions = Array.from({ length: LOG_PARTITIONS }, (_, partition) => partition);
    const found = await this.connection.use((client) =>
      Promise.all(
        partitions.map(async (partition) => {
          const entries = await client.xrange(logKeys.deadLetters(partition), '-', '+', 'COUNT', MOST_LISTED);
          return entries.map(([entry, fields]) => letterIn(partition, entry, fields));
        }),
      ),
    );
    return found
      .flat()
      .sort((one, other) => (one.at < other.at ? -1 : 1))
      .slice(0, MOST_LISTED);
  }

  /**
   * Accepts the write of a dead letter once more, after all that was accepted since, and drops the letter.
   * @throws {DeadLetterUnknownError} there is none of this id
   * @throws {WriteInvalidError} it cannot be read, so it can only be dropped
   */
  async retry(id: string): Promise<void> {
    const { partition, entry } = placeOf(id);
    const found = await this.connection.use((client) => client.xrange(logKeys.deadLetters(partition), entry, entry));
    const fields = found[0]?.[1];
    if (!fields) throw new DeadLetterUnknownError(id);
    const { write, region, name } = letterIn(partition, entry, fields);
    if (!write) throw new WriteInvalidError(region, 'what it says cannot be read');
    const { params, isDelete, value, set, add } = write;
    const logged = { region, name, params };
    if (isDelete) await this.log.append({ ...logged, operation: { delete: true }, id: `${id}:delete` });
    if (value !== undefined) await this.log.append({ ...logged, operation: { replace: value }, id: `${id}:replace` });
    if (Object.keys(set).length + Object.keys(add).length > 0)
      await this.log.append({ ...logged, operation: { set, add }, id: `${id}:change` });
    await this.drop(id);
  }

  /** @throws {DeadLetterUnknownError} there is none of this id */
  async drop(id: string): Promise<void> {
    const { partition, entry } = placeOf(id);
    const dropped = await this.connection.use((client) => client.xdel(logKeys.deadLetters(partition), entry));
    if (dropped === 0) throw new DeadLetterUnknownError(id);
  }
}

const placeOf = (id: string): { partition: number; entry: string } => {
  const [, partition, entry] = /^(\d{1,2})-(\d{1,15}-\d{1,15})$/.exec(id) ?? [];
  if (partition === undefined || entry === undefined || Number(partition) >= LOG_PARTITIONS)
    throw new DeadLetterUnknownError(id.slice(0, 80));
  return { partition: Number(partition), entry };
};

const letterIn = (partition: number, entry: string, fields: readonly string[]): DeadLetter => {
  const field = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
  const record = JSON.parse(field('record')) as string[];
  const name = record[record.indexOf('#name') + 1] ?? '';
  return {
    id: `${partition}-${entry}`,
    region: name.slice(0, name.indexOf(':')),
    reason: field('reason'),
    at: new Date(Number(entry.split('-')[0])).toISOString(),
    write: readable(record),
    name,
  };
};

const readable = (record: readonly string[]): PendingWrite | null => {
  try {
    return pendingWriteIn(record) ?? null;
  } catch {
    return null; // it is listed as unreadable
  }
};
