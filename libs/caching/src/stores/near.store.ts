import type { Envelope } from '../region/envelope.js';
import { CoarseClock } from './coarse-clock.js';
import { MemoryGauge } from './memory-gauge.js';
import { MemoryPressure } from './memory-pressure.js';
import { entryOf, weightOf, type NearCopy, type NearEntry } from './near.entry.js';
import { RegionQuota } from './region-quota.js';
import { RegionTally, type Kept } from './region-tally.js';
import { Store, type LeaseAnswer } from './store.js';
import { TagIndex } from './tag-index.js';
import { TinyLfu, type LeaveReason, type Place } from './tiny-lfu.js';

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

const TICK_MS = 1_000;
const SWEPT_A_TICK = 1_024;
const KEPT_A_GLANCE = 64;

/**
 * Near copies in this process, within limits of entries, bytes and the process's memory: what is wanted least goes first.
 * Every answer is immediate; what is dropped is dropped with its lease.
 */
export class NearStore extends Store {
  readonly clock = new CoarseClock();
  /** How many were evicted since the start, by region and reason. */
  readonly evictions = new Map<string, EvictionCounts>();
  private readonly entries: TinyLfu<NearEntry>;
  private readonly leases = new Map<string, string>();
  private readonly tags = new TagIndex();
  private readonly tally = new RegionTally();
  private readonly quota = new RegionQuota((name) => this.entries.warmth(name));
  private readonly pressure: MemoryPressure;
  private readonly timer: NodeJS.Timeout;
  private nextLease = 0;
  private kept = 0;
  /** How many of each region the shedding under way has evicted. */
  private shedding: Map<string, number> | undefined;
  private now = performance.now();
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

  /** How many of these copies and bytes are of a region. */
  keptOf(region: string): Kept {
    return this.tally.of(region);
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

  /** The copy under `name` while it is fresh at the coarse reading `now`; it counts as seen. */
  fresh(name: string, now = this.clock.now()): NearEntry | undefined {
    const entry = this.entries.get(name);
    return entry === undefined || now < entry.askAgainAt ? entry : this.late(name, entry, now);
  }

  /** As `fresh`, of the name of `place`. */
  freshAt(place: Place, now: number): NearEntry | undefined {
    const entry = this.entries.at(place);
    return entry === undefined || now < entry.askAgainAt ? entry : this.late(place.name, entry, now);
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
  keep(name: string, token: string, copy: NearCopy, maxEntries = Infinity): boolean {
    if (!this.holds(name, token)) return false;
    this.leases.delete(name);
    this.put(name, copy, maxEntries);
    return true;
  }

  /** Whether `token` still holds the lease on `name`. */
  holds(name: string, token: string): boolean {
    return this.leases.get(name) === token;
  }

  /** Keeps a copy without a lease: the caller knows by other means that nothing was said against it. */
  put(name: string, copy: NearCopy, maxEntries = Infinity): void {
    this.now = performance.now();
    const replaced = this.entries.peek(name);
    if (replaced) this.forget(name, replaced);
    const entry = entryOf(copy);
    this.tags.add(name, entry.envelope.tags);
    const weight = weightOf(name, entry.envelope);
    this.tally.add(entry.region, weight);
    this.entries.set(name, entry, weight);
    if (maxEntries !== Infinity && this.entries.has(name)) {
      const loser = this.quota.admit(entry.region, name, maxEntries);
      if (loser !== undefined) this.entries.delete(loser, 'entries');
    }
    this.kept += 1;
    if (this.kept % KEPT_A_GLANCE === 0 && this.pressure.glance()) this.shed();
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

  /** The entry if it is fresh all the same; whether a refresh is due is noted on it. */
  private late(name: string, entry: NearEntry, now: number): NearEntry | undefined {
    if (now < entry.freshUntil) {
      if (now >= entry.refreshAfter) entry.isDue = true;
      return entry;
    }
    if (now >= entry.uselessAfter) this.entries.delete(name);
    return undefined;
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

  /** What holds of an entry no more that left or was replaced. */
  private forget(name: string, { region, envelope }: NearEntry): void {
    this.tags.remove(name, envelope.tags);
    this.tally.remove(region, weightOf(name, envelope));
  }

  private left(name: string, entry: NearEntry, reason: LeaveReason): void {
    this.forget(name, entry);
    this.quota.remove(entry.region, name);
    if (reason === 'dropped') return;
    let counts = this.evictions.get(entry.region);
    if (!counts) this.evictions.set(entry.region, (counts = { entries: 0, bytes: 0, memory: 0 }));
    counts[reason] += 1;
    if (this.shedding) this.shedding.set(entry.region, (this.shedding.get(entry.region) ?? 0) + 1);
    else this.onEvicted(entry.region, reason, 1);
  }
}
