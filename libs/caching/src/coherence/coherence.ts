import type { CacheEvents } from '../events/cache-events.js';
import { isAfter, type Envelope, type Position } from '../region/envelope.js';
import type { NearStore } from '../stores/near.store.js';
import type { SharedStore } from '../stores/shared.store.js';
import type { TagStore } from '../stores/tag.store.js';
import { partitionOf } from '../topology/partitions.js';
import { isFloored } from './read-floor.js';
import { Bus, type BusEntry, type BusListener } from './bus.js';
import { TagLog } from './tag-log.js';
import { WakeUp } from './wake-up.js';

/** Whether an envelope may be served, by its tags. */
export type TagVerdict = 'valid' | 'stale' | 'removed';

/** Where the loads of this process are told that what they load is no longer true. */
export interface FlightControl {
  voidName(name: string): void;
  voidPrefix(prefix: string): void;
  voidAll(): void;
}

/** Keeps what this process holds in step with the other nodes: hears the bus, and judges by what it heard. */
export class Coherence implements BusListener {
  readonly wakeUp = new WakeUp();
  readonly bus: Bus;
  private readonly tagLog = new TagLog();
  private control: FlightControl | undefined;

  constructor(
    private readonly stores: { readonly near: NearStore; readonly shared: SharedStore; readonly tags: TagStore },
    private readonly events: CacheEvents,
    { url, blockMs }: { url: string; blockMs: number },
  ) {
    this.bus = new Bus(url, stores.shared.node, this, blockMs);
  }

  begin(control: FlightControl): void {
    this.control = control;
    this.bus.start();
  }

  /** Drops what this process holds under `name`. */
  dropName(name: string): void {
    this.stores.near.remove(name);
    this.control?.voidName(name);
    this.wakeUp.wake(name);
  }

  /** Drops what this process holds with `tag`: a load under way may come to carry it, so none is joined any more. */
  dropTag(tag: string): void {
    this.stores.near.removeTagged(tag);
    this.control?.voidAll();
  }

  dropPrefix(prefix: string): void {
    this.stores.near.removePrefix(prefix);
    this.control?.voidPrefix(prefix);
    this.wakeUp.wakePrefix(prefix);
  }

  /** What a removal or marking at `position` means for values loaded before it. */
  noteTag(tag: string, position: Position, markStale: boolean): void {
    this.tagLog.note(tag, markStale ? 'staled' : 'removed', position);
  }

  /** Whether this node has heard nothing against an envelope since it was loaded: what it may keep near. */
  isUndisputed({ tags }: Envelope): boolean {
    return !tags.some(([tag, before]) => this.tagLog.hasHeardOf(tag, before));
  }

  /**
   * By the tags' removals: from memory where this node knows all of them since the envelope was loaded, up to `boundMs`
   * ago; for a caller that has a floor, from the shared store.
   */
  async judge({ tags }: Envelope, boundMs: number): Promise<TagVerdict> {
    if (tags.length === 0) return 'valid';
    const isKnowing = !isFloored() && this.bus.isCurrent(boundMs, performance.now());
    const known = isKnowing ? tags.map(([tag, before]) => this.tagLog.since(tag, before)) : [];
    const isComplete = known.length > 0 && known.every((record) => record !== undefined);
    const records = isComplete ? known : await this.stores.tags.records(tags.map(([tag]) => tag));
    let verdict: TagVerdict = 'valid';
    for (const [index, [, before]] of tags.entries()) {
      const record = records[index];
      if (!record || isAfter(record.removed, before)) return 'removed';
      if (isAfter(record.staled, before)) verdict = 'stale';
    }
    return verdict;
  }

  /** Answers where the bus of a tag's partition stands now, at the earliest. */
  async positions(): Promise<(tag: string) => Position> {
    const read = this.bus.positions();
    const known = read.length > 0 && this.bus.lagMs() < 1_000 ? read : await this.stores.shared.ends();
    return (tag) => known[partitionOf(tag)] ?? '0-0';
  }

  heard({ kind, subject, below, position, isOwn }: BusEntry): void {
    if (kind === 'tag-removed' || kind === 'tag-staled') this.noteTag(subject, position, kind === 'tag-staled');
    if (kind === 'filled') this.wakeUp.wake(subject);
    if (isOwn) return;
    if (kind === 'invalidate') {
      const near = this.stores.near.read(subject);
      if (!near || below === 0 || near.version === 0 || near.version < below) this.dropName(subject);
      else {
        // the lease of a load is void all the same, so who waits for it must ask again
        this.control?.voidName(subject);
        this.wakeUp.wake(subject);
      }
      this.events.emit('invalidated', { key: subject, own: false });
    } else if (kind === 'tag-removed' || kind === 'tag-staled') {
      this.dropTag(subject);
      this.events.emit('invalidated', { tag: subject, own: false });
    } else if (kind === 'cleared') {
      this.dropPrefix(subject);
      this.events.emit('invalidated', { region: subject, own: false });
    }
  }

  lost(partitions: readonly { partition: number; position: Position }[]): void {
    this.stores.near.clear();
    this.control?.voidAll();
    for (const { partition, position } of partitions) this.tagLog.beginAt(partition, position);
    this.wakeUp.wakeAll();
    this.events.emit('gap', { partitions: partitions.map(({ partition }) => partition) });
  }

  failed(cause: unknown): void {
    this.events.emit('fault', { during: 'reading the bus', cause });
  }
}
