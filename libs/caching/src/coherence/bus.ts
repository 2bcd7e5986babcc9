import type { Redis } from 'ioredis';
import { isAfter, type Position } from '../region/envelope.js';
import { connectRedis } from '../topology/connect-redis.js';
import { PARTITIONS, redisKeys } from '../topology/partitions.js';
import { Script } from '../stores/script.js';
import { BUS_WINDOW } from '../stores/shared.store.js';

/** What an entry of the bus says. */
export interface BusEntry {
  readonly kind: 'invalidate' | 'tag-removed' | 'tag-staled' | 'filled' | 'cleared' | 'begun';
  /** A name, a tag, or the prefix of a region. */
  readonly subject: string;
  /** With `invalidate`: only values below this version; 0 is any. */
  readonly below: number;
  readonly position: Position;
  readonly isOwn: boolean;
}

/** What a node does with what the bus says. */
export interface BusListener {
  heard(entry: BusEntry): void;
  /** Entries of these partitions were lost; from `position` on everything is known again. */
  lost(partitions: readonly { partition: number; position: Position }[]): void;
  failed(cause: unknown): void;
}

const KINDS: Readonly<Record<string, BusEntry['kind']>> = {
  i: 'invalidate',
  t: 'tag-removed',
  s: 'tag-staled',
  f: 'filled',
  c: 'cleared',
  e: 'begun',
};
const BUS_END = new Script('bus-end');
const PAUSE_MS = 50;
const READ_AT_MOST = 1_000;
const STUCK_AFTER_MS = 1_000;
const KEYS_OF_BUS = Array.from({ length: PARTITIONS }, (_, partition) => redisKeys.bus(partition));
const KEYS_OF_END = Array.from({ length: PARTITIONS }, (_, partition) => redisKeys.end(partition));
const PARTITION_OF_BUS = new Map(KEYS_OF_BUS.map((key, partition) => [key, partition]));

type StreamReply = [key: string, entries: [id: string, fields: string[]][]][] | null;

/**
 * The numbered log of invalidations, read from where this node stopped: what was missed while the connection was
 * away is replayed, and what cannot be replayed is reported as lost.
 */
export class Bus {
  private readonly client: Redis;
  private readonly tail: Position[] = [];
  private answeredSentAt = -Infinity;
  private readonly stopping = new AbortController();
  private reading: Promise<void> | undefined;

  constructor(
    url: string,
    private readonly node: string,
    private readonly listener: BusListener,
    /** How long one blocking read waits: a quarter of the smallest bound. */
    private readonly blockMs: number,
  ) {
    this.client = connectRedis(url, { role: 'blocking' });
  }

  start(): void {
    this.reading ??= this.follow();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.client.disconnect();
    await this.reading;
  }

  /** Whether this node had read the end of the log within the last `boundMs`, at the monotonic reading `now`. */
  isCurrent(boundMs: number, now: number): boolean {
    return now - this.answeredSentAt <= boundMs;
  }

  /** How long ago the log's end was known to be read, in ms. */
  lagMs(): number {
    return performance.now() - this.answeredSentAt;
  }

  /** Up to where each partition has been read; empty before the first read. */
  positions(): Position[] {
    return [...this.tail];
  }

  hasReached(partition: number, position: Position): boolean {
    const read = this.tail[partition];
    return read !== undefined && !isAfter(position, read);
  }

  private async follow(): Promise<void> {
    while (!this.isStopping()) {
      try {
        if (this.client.status !== 'ready') await this.untilReady();
        if (this.tail.length === 0) await this.begin();
        else await this.readOn();
      } catch (error) {
        if (this.isStopping()) return;
        this.listener.failed(error);
        if (this.client.status === 'ready') this.client.disconnect(true);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());
      }
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private untilReady(): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.stopping;
      const settle = (): void => {
        this.client.off('ready', settle);
        signal.removeEventListener('abort', settle);
        resolve();
      };
      this.client.once('ready', settle);
      signal.addEventListener('abort', settle);
      if (signal.aborted) settle();
    });
  }

  /** Where every partition's bus ends, begun where it had not been. */
  private async ends(): Promise<Position[]> {
    const lost = this.whenLost();
    const ends = KEYS_OF_BUS.map(async (key, partition) =>
      String(await BUS_END.run(this.client, [key, redisKeys.end(partition)], [BUS_WINDOW])),
    );
    return Promise.race([Promise.all(ends), lost.promise]).finally(() => lost.forget());
  }

  private async begin(): Promise<void> {
    const sentAt = performance.now();
    const watchdog = this.watchdog();
    const ends = await this.ends().finally(() => clearTimeout(watchdog));
    this.tail.splice(0, this.tail.length, ...ends);
    this.listener.lost(ends.map((position, partition) => ({ partition, position })));
    this.answeredSentAt = sentAt;
  }

  private async readOn(): Promise<void> {
    const sentAt = performance.now();
    const before = [...this.tail];
    const lost = this.whenLost();
    const watchdog = this.watchdog();
    try {
      const endsReply = this.client.mget(KEYS_OF_END);
      const streams = this.client.xread(
        'COUNT',
        READ_AT_MOST,
        'BLOCK',
        this.blockMs,
        'STREAMS',
        ...KEYS_OF_BUS,
        ...before,
      );
      const both = Promise.all([endsReply, streams as Promise<StreamReply>]);
      const [ends, reply] = await Promise.race([both, lost.promise]);
      this.hear(reply);
      await this.compare(ends, before, reply);
      if (!this.isTruncated(reply)) this.answeredSentAt = sentAt;
    } finally {
      clearTimeout(watchdog);
      lost.forget();
    }
  }

  /** Ends a connection that does not answer, unless it is cleared. */
  private watchdog(): NodeJS.Timeout {
    return setTimeout(() => this.client.disconnect(true), this.blockMs + STUCK_AFTER_MS);
  }

  /** Rejects when the connection ends: ioredis leaves commands in flight unsettled then. */
  private whenLost(): { promise: Promise<never>; forget: () => void } {
    let onClose: () => void = () => undefined;
    const promise = new Promise<never>((_, reject) => {
      onClose = () => reject(new Error('The connection of the bus was lost.'));
      this.client.once('close', onClose);
    });
    return { promise, forget: () => this.client.off('close', onClose) };
  }

  private isTruncated(reply: StreamReply): boolean {
    return (reply ?? []).some(([, entries]) => entries.length >= READ_AT_MOST);
  }

  private hear(reply: StreamReply): void {
    for (const [key, entries] of reply ?? []) {
      const partition = PARTITION_OF_BUS.get(key) ?? 0;
      for (const [id, fields] of entries) {
        const field = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
        const kind = KINDS[field('k')];
        if (kind === 'begun' || field('b') !== this.tail[partition]) this.listener.lost([{ partition, position: id }]);
        this.tail[partition] = id;
        if (!kind || kind === 'begun') continue;
        const below = Number(field('v') || 0);
        this.listener.heard({ kind, subject: field('s'), below, position: id, isOwn: field('n') === this.node });
      }
    }
  }

  /** The ends were read just before the streams: a missing one, or one that the streams did not reach, is a gap. */
  private async compare(ends: (string | null)[], before: Position[], reply: StreamReply): Promise<void> {
    const truncated = this.isTruncated(reply);
    const gaps = ends.flatMap((end, partition) => {
      const asked = before[partition] ?? '0-0';
      const reached = this.tail[partition] ?? '0-0';
      const isGap = end === null || isAfter(asked, end) || (!truncated && isAfter(end, reached));
      return isGap ? [partition] : [];
    });
    if (gaps.length === 0) return;
    const now = await this.ends();
    for (const partition of gaps) this.tail[partition] = now[partition] ?? '0-0';
    this.listener.lost(gaps.map((partition) => ({ partition, position: now[partition] ?? '0-0' })));
  }
}
