import type { CacheEvents } from '../events/cache-events.js';
import { BATCH, batchesOf, type SizedWrite } from './flush-batches.js';
import type { ClaimedRecord, LogClaims, Settled } from './log-claims.js';
import { pendingWriteIn, type PendingWrite } from './pending-write.js';
import type { FlushOutcome, WriteSink } from './write-sink.js';

/** How often the source may refuse a write before it becomes a dead letter. */
const MOST_REFUSALS = 5;
/** A run ends after so long though more is accepted all the while: who waits for it is not kept for ever. */
const LONGEST_RUN_MS = 2_000;
const SETTLES_AT_MOST = 20;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** How often it is looked for what is unfinished while there is always something fresh. */
const UNFINISHED_EVERY_MS = 1_000;

/** Hears of the parameters of values whose writes have reached the source, where a cached value may show them. */
export type FlushListener = (list: readonly unknown[]) => Promise<void>;

interface Judged {
  readonly write: PendingWrite;
  readonly outcome: FlushOutcome;
}

/** The region that a name of the log begins with. */
const regionIn = (name: string): string => name.slice(0, name.indexOf(':'));

/** Applies what the write log holds to the source, batch by batch, and ends it there. */
export class Flusher {
  private readonly sinks = new Map<string, WriteSink>();
  private readonly listeners = new Map<string, FlushListener>();
  private running: Promise<number> | undefined;
  private failures = 0;
  private pausedUntil = -Infinity;

  constructor(
    private readonly claims: LogClaims,
    private readonly events: CacheEvents,
  ) {}

  register(region: string, sink: WriteSink, listener: FlushListener): void {
    this.sinks.set(region, sink);
    this.listeners.set(region, listener);
  }

  /** Whether this process can apply the writes of any region. */
  get isAble(): boolean {
    return this.sinks.size > 0;
  }

  /**
   * Applies what waits, until nothing is left that it can claim, and answers how many operations reached the source. While the
   * source is away it returns at once; of flushes at the same time the later is the earlier.
   * @throws {WriteLogUnavailableError} {@link WriteUnknownError} the log does not answer; the rest is flushed later
   */
  flush(): Promise<number> {
    this.running ??= this.run().finally(() => (this.running = undefined));
    return this.running;
  }

  /**
   * Applies what is pending under these names, whoever has claimed it. After it nothing that was accepted before is pending.
   * @throws whatever keeps the source from applying it
   */
  async settle(names: readonly string[]): Promise<void> {
    let left = names;
    for (let round = 0; left.length > 0 && round < SETTLES_AT_MOST; round += 1) {
      const claimed = await this.claims.ofNames(left);
      if (claimed.length === 0) return;
      await this.applyAll(claimed);
      left = claimed.map(({ name }) => name);
    }
  }

  /** Ends records that were applied, in the log. */
  async acknowledge(settled: readonly Settled[]): Promise<void> {
    await this.claims.acknowledge(settled);
  }

  private async run(): Promise<number> {
    if (performance.now() < this.pausedUntil || !this.isAble) return 0;
    const tally = { flushed: 0 };
    try {
      const until = performance.now() + LONGEST_RUN_MS;
      let isMore = true;
      while (isMore && performance.now() < until) {
        tally.flushed += await this.applyAll(await this.claims.unfinished(BATCH));
        isMore = await this.applyFresh(Math.min(performance.now() + UNFINISHED_EVERY_MS, until), tally);
      }
      this.failures = 0;
    } catch (error) {
      if (!this.isUnavailable(error)) throw error;
      this.failures += 1;
      this.pausedUntil = performance.now() + Math.min(FIRST_PAUSE_MS * 2 ** (this.failures - 1), LONGEST_PAUSE_MS);
      this.events.emit('fault', { during: 'flushing', cause: error });
    }
    return tally.flushed;
  }

  /**
   * Applies what nobody has claimed, and answers whether there may be more at `until`. While the source takes one batch the
   * next is claimed and the one before is ended: a name is in one of them alone, since its record is claimed until then.
   */
  private async applyFresh(until: number, tally: { flushed: number }): Promise<boolean> {
    let batch = await this.claims.fresh(BATCH);
    while (batch.length > 0) {
      let ending = Promise.resolve(0);
      try {
        while (batch.length > 0) {
          const isMore = batch.length >= BATCH / 2 && performance.now() < until;
          const ahead = isMore ? this.claims.fresh(BATCH) : undefined;
          ahead?.catch(() => undefined); // heard where it is awaited
          const { judged, fault } = await this.judgedAll(batch);
          tally.flushed += await ending;
          ending = this.endAll(judged);
          ending.catch(() => undefined); // so is this
          if (fault !== undefined) throw fault;
          batch = (await ahead) ?? [];
        }
      } finally {
        tally.flushed += await ending;
      }
      if (performance.now() >= until) return true;
      batch = await this.claims.fresh(BATCH); // what was accepted for these values meanwhile has entered the log
    }
    return false;
  }

  private isUnavailable(error: unknown): boolean {
    return [...this.sinks.values()].some((sink) => sink.isUnavailable(error));
  }

  private async applyAll(claimed: readonly ClaimedRecord[]): Promise<number> {
    const { judged, fault } = await this.judgedAll(claimed);
    const flushed = await this.endAll(judged);
    if (fault !== undefined) throw fault;
    return flushed;
  }

  /** What became of the records in the source, by batches of one region, up to the first that failed as a whole. */
  private async judgedAll(claimed: readonly ClaimedRecord[]): Promise<{ judged: Judged[][]; fault?: Error }> {
    const byRegion = new Map<string, SizedWrite[]>();
    for (const { name, record } of claimed) {
      const write = readable(record);
      if (write instanceof Error) {
        await this.bury(name, record, write);
        continue;
      }
      const region = regionIn(name);
      const sized = byRegion.get(region) ?? [];
      sized.push({ write, bytes: sizeOf(record) });
      byRegion.set(region, sized);
    }
    const judged: Judged[][] = [];
    try {
      for (const [region, writes] of byRegion) {
        for (const batch of batchesOf(writes)) judged.push(await this.applied(region, batch));
      }
    } catch (error) {
      return { judged, fault: error as Error };
    }
    return { judged };
  }

  private async endAll(batches: readonly Judged[][]): Promise<number> {
    let flushed = 0;
    for (const batch of batches) flushed += await this.end(batch);
    return flushed;
  }

  /** One that cannot be read becomes a dead letter at once. */
  private async bury(name: string, record: readonly string[], cause: Error): Promise<void> {
    this.events.emit('fault', { during: 'reading the write log', region: regionIn(name), cause });
    const last = Number(record[record.indexOf('#last') + 1]);
    await this.claims.refuse({ name, last, reason: `unreadable: ${cause.message}` }, 0);
  }

  /** Hands the writes to the source; where all fail together, each half is tried, so that one cannot hold up the others. */
  private async applied(region: string, writes: readonly PendingWrite[]): Promise<Judged[]> {
    const sink = this.sinks.get(region);
    if (!sink)
      return writes.map((write) => judged(write, { state: 'refused', reason: `region "${region}" has no sink` }));
    try {
      const outcomes = await sink.apply(writes);
      return writes.map((write, index) =>
        judged(write, outcomes[index] ?? { state: 'refused', reason: 'the sink said nothing of it' }),
      );
    } catch (error) {
      if (sink.isUnavailable(error)) throw error;
      const [only, ...others] = writes;
      if (only && others.length === 0) return [judged(only, { state: 'refused', reason: String(error) })];
      const middle = Math.ceil(writes.length / 2);
      return [
        ...(await this.applied(region, writes.slice(0, middle))),
        ...(await this.applied(region, writes.slice(middle))),
      ];
    }
  }

  private async end(results: readonly Judged[]): Promise<number> {
    const settled: Settled[] = [];
    const ended: Judged[] = [];
    for (const { write, outcome } of results) {
      const { name, last } = write;
      if (outcome.state === 'refused') {
        const isDead = await this.claims.refuse({ name, last, reason: outcome.reason }, MOST_REFUSALS);
        if (isDead) ended.push({ write, outcome });
        this.events.emit('refused', { region: regionIn(name), key: name, reason: outcome.reason, isDead });
      } else {
        settled.push({ name, last, reason: outcome.state === 'superseded' ? 'superseded' : '' });
        ended.push({ write, outcome });
      }
    }
    await this.claims.acknowledge(settled);
    await this.tell(ended);
    return results.reduce((sum, { write, outcome }) => sum + (outcome.state === 'refused' ? 0 : write.count), 0);
  }

  /** Should this process end before, the source's own change event says the same. */
  private async tell(ended: readonly Judged[]): Promise<void> {
    const [first] = ended;
    if (!first) return;
    const region = regionIn(first.write.name);
    const sink = this.sinks.get(region);
    const shown = ended.filter(({ write }) => sink?.isShown(write));
    if (shown.length > 0) await this.listeners.get(region)?.(shown.map(({ write }) => write.params));
  }
}

/** What the record says, or why that is unknown. */
const readable = (record: readonly string[]): PendingWrite | Error => {
  try {
    return pendingWriteIn(record) ?? new Error('it is empty');
  } catch (cause) {
    return cause as Error;
  }
};

const sizeOf = (record: readonly string[]): number => {
  let size = 0;
  for (const text of record) size += text.length;
  return size;
};

const judged = (write: PendingWrite, outcome: FlushOutcome): Judged => ({ write, outcome });
