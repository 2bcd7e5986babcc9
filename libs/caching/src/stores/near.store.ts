import type { Envelope } from '../region/envelope.js';
import { MemoryGauge } from './memory-gauge.js';
import { MemoryPressure } from './memory-pressure.js';
import { RegionQuota } from './region-quota.js';
import { Store, type LeaseAnswer } from './store.js';
import { TagIndex } from './tag-index.js';
import { TinyLfu, type LeaveReason } from './tiny-lfu.js';

/** A near copy: an envelope with its value decoded once, and until when it is served, by the monotonic clock. */
export interface NearEntry {
  readonly envelope: Envelope;
  readonly value: unknown;
  readonly region: string;
  readonly freshUntil: number;
  /** When a read starts a refresh although the value is fresh: drawn once, by XFetch. */
  readonly refreshAfter: number;
  /** From when on it may not even stand in for a source that fails. */
  readonly uselessAfter: number;
}

/** The limits of the near store of one process. */
export interface NearLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** What there was no room for. */
export type EvictionReason = Exclude<LeaveReason, 'dropped'>;
/** Hears of entries of a region that were dropped for want of room. */
export type EvictionListener = (region: string, reason: EvictionReason, count: number) => void;
export type EvictionCounts = Record<EvictionReason, number>;

/** What an entry takes besides its texts: its objects, its places in the maps, its history. */
const ENTRY_BYTES = 768;
const TAG_BYTES = 320;
/** A decoded value takes about twice its JSON; the JSON itself is kept too. */
const BODY_FACTOR = 3;
const TICK_MS = 1_000;
const COARSE_MS = 1;
const SWEPT_A_TICK = 1_024;
const KEPT_A_GLANCE = 64;

const weightOf = (name: string, { tags, body }: Envelope): number => {
  let weight = ENTRY_BYTES + name.length + body.length * BODY_FACTOR;
  for (const [tag] of tags) weight += TAG_BYTES + tag.length;
  return weight;
};

/** The envelope with bytes of its own: a slice would hold on to all of the reply, or the pool, that it was cut from. */
const detached = (entry: NearEntry): NearEntry => {
  const { body } = entry.envelope;
  if (body.length === body.buffer.byteLength) return entry;
  const own = Buffer.allocUnsafeSlow(body.length);
  own.set(body);
  return { ...entry, envelope: { ...entry.envelope, body: own } };
};

/**
 * Near copies in this process, within limits of entries, bytes and the process's memory: what is wanted least goes first.
 * Every answer is immediate; what is dropped is dropped with its lease.
 */
export class NearStore extends Store {
  /** How many were evicted since the start, by region and reason. */
  readonly evictions = new Map<string, EvictionCounts>();
  private readonly entries: TinyLfu<NearEntry>;
  private readonly leases = new Map<string, string>();
  private readonly tags = new TagIndex();
  private readonly quota = new RegionQuota((name) => this.entries.warmth(name));
  private readonly pressure: MemoryPressure;
  private readonly timer: NodeJS.Timeout;
  private nextLease = 0;
  private kept = 0;
  /** How many of each region the shedding under way has evicted. */
  private shedding: Map<string, number> | undefined;
  private now = performance.now();
  /** The time that was read less than a millisecond ago; 0 when it must be read. */
  private coarse = 0;
  private sweeping: Iterator<string, undefined>;

  constructor(
    limits: NearLimits,
    private readonly onEvicted: EvictionListener = () => undefined,
    gauge: Pick<MemoryGauge, 'heapShare' | 'containerShare'> = new MemoryGauge(),
  ) {
    super();
    const room = { maxEntries: limits.maxEntries, maxWeight: limits.maxBytes };
    this.entries = new TinyLfu<NearEntry>(room, (name, entry, reason) => this.left(name, entry, reason));
    this.sweeping = this.entries.keys();
    this.pressure = new MemoryPressure(gauge);
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  get size(): number {
    return this.entries.size;
  }

  /** About how many bytes the copies take, decoded values and index included. */
  get bytes(): number {
    return this.entries.weight;
  }

  /** The copy under `name`, fresh or not, which counts as seen. */
  entry(name: string): NearEntry | undefined {
    const entry = this.entries.get(name);
    if (entry === undefined || entry.uselessAfter > this.now) return entry;
    this.entries.delete(name);
    return undefined;
  }

  /** The copy under `name`, fresh or not, which does not count as seen. */
  peek(name: string): NearEntry | undefined {
    const entry = this.entries.peek(name);
    return entry !== undefined && entry.uselessAfter > performance.now() ? entry : undefined;
  }

  /** The copy under `name` while it is fresh, by a clock that is read once a millisecond at most. */
  fresh(name: string): NearEntry | undefined {
    const entry = this.entries.get(name);
    return entry !== undefined && entry.freshUntil > (this.coarse === 0 ? this.readClock() : this.coarse)
      ? entry
      : undefined;
  }

  override read(name: string): Envelope | undefined {
    return this.peek(name)?.envelope;
  }

  override lease(name: string): Extract<LeaseAnswer, { kind: 'granted' }> {
    const token = String((this.nextLease += 1));
    this.leases.set(name, token);
    return { kind: 'granted', token };
  }

  override fill(name: string, token: string, envelope: Envelope): boolean {
    const toMonotonic = performance.now() - envelope.writtenAt;
    return this.keep(name, token, {
      envelope,
      value: JSON.parse(envelope.body.toString()) as unknown,
      region: name.split('.', 1)[0] ?? name,
      freshUntil: envelope.freshUntil + toMonotonic,
      refreshAfter: Infinity,
      uselessAfter: Math.max(envelope.freshUntil, envelope.staleUntil, envelope.errorUntil) + toMonotonic,
    });
  }

  /** As `fill`, with what the reader already knows; of its region at most `maxEntries` are kept. */
  keep(name: string, token: string, entry: NearEntry, maxEntries = Infinity): boolean {
    if (this.leases.get(name) !== token) return false;
    this.leases.delete(name);
    this.now = performance.now();
    const replaced = this.entries.peek(name);
    if (replaced) this.tags.remove(name, replaced.envelope.tags);
    const own = detached(entry);
    this.tags.add(name, own.envelope.tags);
    this.entries.set(name, own, weightOf(name, own.envelope));
    if (maxEntries !== Infinity && this.entries.has(name)) {
      const loser = this.quota.admit(entry.region, name, maxEntries);
      if (loser !== undefined) this.entries.delete(loser, 'entries');
    }
    this.kept += 1;
    if (this.kept % KEPT_A_GLANCE === 0 && this.pressure.glance()) this.shed();
    return true;
  }

  /** Gives a lease back without a value. */
  release(name: string, token: string): void {
    if (this.leases.get(name) === token) this.leases.delete(name);
  }

  override remove(name: string): boolean {
    this.leases.delete(name);
    return this.entries.delete(name);
  }

  /** Drops every copy that carries `tag`, and answers how many there were. */
  removeTagged(tag: string): number {
    const names = this.tags.namesOf(tag);
    for (const name of names) this.remove(name);
    return names.length;
  }

  /** Drops every copy whose name begins with `prefix`. */
  removePrefix(prefix: string): void {
    for (const name of [...this.entries.keys(), ...this.leases.keys()]) {
      if (name.startsWith(prefix)) this.remove(name);
    }
  }

  clear(): void {
    this.entries.clear();
    this.leases.clear();
  }

  /**
   * Evicts the coldest quarter for want of memory, and answers how many that were. As long as memory is short, no more
   * are kept than are left then.
   */
  shed(): number {
    this.shedding = new Map();
    const count = this.entries.shed(Math.ceil(this.size / 4));
    const { shedding } = this;
    this.shedding = undefined;
    for (const [region, shed] of shedding) this.onEvicted(region, 'memory', shed);
    return count;
  }

  /** Stops looking after time and memory. */
  close(): void {
    clearInterval(this.timer);
  }

  private readClock(): number {
    this.coarse = performance.now();
    setTimeout(() => (this.coarse = 0), COARSE_MS).unref();
    return this.coarse;
  }

  private tick(): void {
    this.now = performance.now();
    this.sweep();
    if (this.pressure.look()) this.shed();
    else if (this.pressure.isCalm) this.entries.relax();
  }

  /** Drops what is of no use any more, some of the entries at a time. */
  private sweep(): void {
    for (let swept = 0; swept < SWEPT_A_TICK; swept += 1) {
      const { done, value: name } = this.sweeping.next();
      if (done) {
        this.sweeping = this.entries.keys();
        return;
      }
      const entry = this.entries.peek(name);
      if (entry && entry.uselessAfter <= this.now) this.entries.delete(name);
    }
  }

  private left(name: string, entry: NearEntry, reason: LeaveReason): void {
    this.tags.remove(name, entry.envelope.tags);
    this.quota.remove(entry.region, name);
    if (reason === 'dropped') return;
    let counts = this.evictions.get(entry.region);
    if (!counts) this.evictions.set(entry.region, (counts = { entries: 0, bytes: 0, memory: 0 }));
    counts[reason] += 1;
    if (this.shedding) this.shedding.set(entry.region, (this.shedding.get(entry.region) ?? 0) + 1);
    else this.onEvicted(entry.region, reason, 1);
  }
}
