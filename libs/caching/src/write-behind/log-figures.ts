import { LOG_PARTITIONS, logKeys } from './log-keys.js';
import type { LogConnection } from './log-connection.js';

/** How much the log may hold: records, in which the operations of a name are merged, and bytes. */
export interface LogLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** What is in the write log, and what went through it since it was born. Counted in operations. */
export interface LogState {
  /** How many accepted operations are not in the source yet. */
  readonly depth: number;
  /** How long the oldest of them has waited, in ms; 0 when there is none. */
  readonly oldestMs: number;
  readonly flushed: number;
  /** How many operations were merged into another's record. */
  readonly coalesced: number;
  /** How many were tried again after a refusal of the source. */
  readonly retried: number;
  /** How many became dead letters. */
  readonly dead: number;
  /** How many records they were made into, and about how many bytes these take. */
  readonly entries: number;
  readonly bytes: number;
  /** When it was last found out that all that was in it is gone, in ms since 1970; known for a week. */
  readonly lostAt?: number;
}

const LOSS_KEPT_MS = 7 * 86_400_000;
const LEARN_EVERY_MS = 1_000;
const COUNTED = ['depth', 'flushed', 'coalesced', 'retried', 'dead', 'entries', 'bytes'] as const;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Keeps count of how full the log is, exact as of the last second. */
export class LogFigures {
  private readonly counts = new Array<number>(LOG_PARTITIONS).fill(0);
  private readonly sizes = new Array<number>(LOG_PARTITIONS).fill(0);
  private readonly timer: NodeJS.Timeout;
  /** When each partition was born, as far as this process knows: one that has another birth, or none, was lost since. */
  private readonly births = new Map<number, string>();

  constructor(
    private readonly connection: LogConnection,
    private readonly limits: LogLimits,
    private readonly onLost: () => void = () => undefined,
  ) {
    this.timer = setInterval(() => void this.learnAll(), LEARN_EVERY_MS).unref();
  }

  /** How many records wait for the source, as far as this process knows. */
  get entries(): number {
    return sum(this.counts);
  }

  get isFull(): boolean {
    return this.isFullBy(0) || sum(this.sizes) >= this.limits.maxBytes;
  }

  /** Whether it holds as many records as it may, and so many more. */
  isFullBy(more: number): boolean {
    return this.entries >= this.limits.maxEntries + more;
  }

  learn(partition: number, entries: number, bytes: number): void {
    this.counts[partition] = entries;
    this.sizes[partition] = bytes;
  }

  /** @throws {WriteLogUnavailableError} {@link WriteUnknownError} the log does not answer */
  async read(): Promise<LogState> {
    const { time, partitions, lostAt } = await this.connection.use(async (client) => {
      const [[seconds, micros], lost, ...perPartition] = await Promise.all([
        client.time(),
        client.get(logKeys.lost),
        ...Array.from({ length: LOG_PARTITIONS }, async (_, partition) => {
          const [counts, heads] = await Promise.all([
            client.hmget(logKeys.counts(partition), ...COUNTED, 'born'),
            client.xrange(logKeys.log(partition), '-', '+', 'COUNT', 1),
          ]);
          return { counts, head: heads[0]?.[0] };
        }),
      ]);
      return { time: Number(seconds) * 1_000 + Number(micros) / 1_000, partitions: perPartition, lostAt: lost };
    });
    const isLost = this.isLost(partitions.map(({ counts }) => counts[COUNTED.length] ?? undefined));
    if (isLost) await this.tellLoss(Math.round(time));
    const totals = COUNTED.map((_, field) => sum(partitions.map(({ counts }) => Number(counts[field] ?? 0))));
    for (const [partition, { counts }] of partitions.entries())
      this.learn(partition, Number(counts[5] ?? 0), Number(counts[6] ?? 0));
    const heads = partitions.flatMap(({ head }) => (head === undefined ? [] : [Number(head.split('-')[0])]));
    const oldestMs = heads.length === 0 ? 0 : Math.max(Math.round(time - Math.min(...heads)), 0);
    const [depth = 0, flushed = 0, coalesced = 0, retried = 0, dead = 0, entries = 0, bytes = 0] = totals;
    const known = isLost ? Math.round(time) : lostAt === null ? undefined : Number(lostAt);
    const state = { depth, oldestMs, flushed, coalesced, retried, dead, entries, bytes };
    return known === undefined ? state : { ...state, lostAt: known };
  }

  close(): void {
    clearInterval(this.timer);
  }

  private isLost(births: readonly (string | undefined)[]): boolean {
    let isLost = false;
    for (const [partition, born] of births.entries()) {
      const before = this.births.get(partition);
      if (before !== undefined && before !== born) isLost = true;
      if (born === undefined) this.births.delete(partition);
      else this.births.set(partition, born);
    }
    return isLost;
  }

  private async tellLoss(at: number): Promise<void> {
    this.onLost();
    await this.connection.use((client) => client.set(logKeys.lost, at, 'PX', LOSS_KEPT_MS));
  }

  private async learnAll(): Promise<void> {
    if (this.connection.unavailableFor !== undefined) return;
    await this.read().catch(() => undefined); // the next second asks again; whoever writes meanwhile hears the error
  }
}
