import type { Redis } from 'ioredis';
import { DeadLetterSupersededError, DeadLetterUnknownError, WriteInvalidError } from '../errors.js';
import { FATE_MS } from './log-claims.js';
import type { LogConnection } from './log-connection.js';
import { LOG_PARTITIONS, logKeys } from './log-keys.js';
import { LogScript } from './log-script.js';
import { pendingWriteIn, type PendingWrite } from './pending-write.js';

const END_LETTER = new LogScript('end-letter');
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
  constructor(private readonly connection: LogConnection) {}

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
   * Accepts the write of a dead letter once more, in its place: beneath all that was accepted since, field by field. The letter is
   * gone then; its writes are `pending` until they are flushed.
   * @throws {DeadLetterUnknownError} there is none of this id
   * @throws {DeadLetterSupersededError} all of it was written anew since, or that is not known
   * @throws {WriteInvalidError} it cannot be read, so it can only be dropped
   * @throws {WriteLogUnavailableError} {@link WriteUnknownError} as any write
   */
  async retry(id: string): Promise<void> {
    const { write, region } = await this.find(id);
    if (!write) throw new WriteInvalidError(region, 'what it says cannot be read');
    await this.end(id, 'retry');
  }

  /** @throws {DeadLetterUnknownError} there is none of this id */
  async drop(id: string): Promise<void> {
    await this.end(id, 'drop');
  }

  private async find(id: string): Promise<DeadLetter> {
    const { partition, entry } = placeOf(id);
    const found = await this.connection.use((client) => client.xrange(logKeys.deadLetters(partition), entry, entry));
    const fields = found[0]?.[1];
    if (!fields) throw new DeadLetterUnknownError(id);
    return letterIn(partition, entry, fields);
  }

  private async end(id: string, how: 'retry' | 'drop'): Promise<void> {
    const { partition, entry } = placeOf(id);
    const { name } = await this.find(id);
    const keys = [
      ...[
        logKeys.deadLetters(partition),
        logKeys.since(partition),
        logKeys.sequence(partition),
        logKeys.log(partition),
      ],
      ...[logKeys.counts(partition), logKeys.claimed(name), logKeys.pending(name), logKeys.fates(name)],
    ];
    const work = (client: Redis): Promise<unknown> => END_LETTER.run(client, keys, [entry, name, how, FATE_MS]);
    const ended = await (how === 'retry' ? this.connection.write(work) : this.connection.use(work));
    if (ended === 'unknown') throw new DeadLetterUnknownError(id);
    if (ended === 'superseded') throw new DeadLetterSupersededError(id);
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
