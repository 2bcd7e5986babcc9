import type { CacheEvents } from '../events/cache-events.js';
import { EncodedEnvelope } from '../region/encoded-envelope.js';
import { isAfter, type Envelope, type Position } from '../region/envelope.js';
import type { NearStore } from '../stores/near.store.js';
import type { SharedStore } from '../stores/shared.store.js';
import type { TagStore } from '../stores/tag.store.js';
import { partitionOf } from '../topology/partitions.js';
import { isFloored } from './read-floor.js';
import { Bus, type BusEntry, type BusListener } from './bus.js';
import { TagLog } from './tag-log.js';
import { Voidings } from './voidings.js';
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
  /** What was said against names since a read began. */
  readonly voidings = new Voidings();
  readonly bus: Bus;
  private readonly tagLog = new TagLog();
  private readonly isQuietSince = this.tagLog.isQuietSince.bind(this.tagLog);
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
    this.voidings.name(name);
    this.stores.near.remove(name);
    this.control?.voidName(name);
    this.wakeUp.wake(name);
  }

  /** Drops what this process holds with `tag`: a load under way may come to carry it, so none is joined any more. */
  dropTag(tag: string): void {
    this.voidings.all();
    this.stores.near.removeTagged(tag);
    this.control?.voidAll();
  }

  dropPrefix(prefix: string): void {
    this.voidings.all();
    this.stores.near.removePrefix(prefix);
    this.control?.voidPrefix(prefix);
    this.wakeUp.wakePrefix(prefix);
  }

  /** What a removal or marking at `position` means for values loaded before it. */
  noteTag(tag: string, position: Position, markStale: boolean): void {
    this.tagLog.note(tag, markStale ? 'staled' : 'removed', position);
  }

  /** Whether this node has heard nothing against an envelope since it was loaded: what it may keep near. */
  isUndisputed(envelope: Envelope): boolean {
    if (envelope instanceof EncodedEnvelope && this.isQuiet(envelope)) return true;
    return !envelope.tags.some(([tag, before]) => this.tagLog.hasHeardOf(tag, before));
  }

  /**
   * What is known at once: `valid` of an envelope without tags, and of one that was read while in no partition of its
   * tags anything was removed or marked since it was loaded, as far as this node heard up to `boundMs` ago. It costs as
   * much as there are partitions, however many tags. Else `undefined`, and `judge` answers.
   *
   * It is what `judge` would answer from memory. A floor of the envelope is the position before the load of every tag in
   * its partition, or the least of them. Where a partition is quiet since its floor, it is quiet since each of these, so
   * each tag has a record in memory whose removal and marking are not after the position: every tag is valid.
   */
  judgeAtOnce(envelope: Envelope, boundMs: number): 'valid' | undefined {
    if (!(envelope instanceof EncodedEnvelope)) return envelope.tags.length === 0 ? 'valid' : undefined;
    if (!envelope.isTagged) return 'valid';
    return this.isKnowing(boundMs) && this.isQuiet(envelope) ? 'valid' : undefined;
  }

  /**
   * By the tags' removals: from memory where this node knows all of them since the envelope was loaded, up to `boundMs`
   * ago; for a caller that has a floor, from the shared store.
   */
  async judge(envelope: Envelope, boundMs: number): Promise<TagVerdict> {
    const atOnce = this.judgeAtOnce(envelope, boundMs);
    if (atOnce) return atOnce;
    const { tags } = envelope;
    const known = this.isKnowing(boundMs) ? tags.map(([tag, before]) => this.tagLog.since(tag, before)) : [];
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
        this.voidings.name(subject);
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
    this.voidings.all();
    this.stores.near.clear();
    this.control?.voidAll();
    for (const { partition, position } of partitions) this.tagLog.beginAt(partition, position);
    this.wakeUp.wakeAll();
    this.events.emit('gap', { partitions: partitions.map(({ partition }) => partition) });
  }

  /** Whether this node may judge by what it heard up to `boundMs` ago. */
  private isKnowing(boundMs: number): boolean {
    return !isFloored() && this.bus.isCurrent(boundMs, performance.now());
  }

  private isQuiet(envelope: EncodedEnvelope): boolean {
    return envelope.everyFloor(this.isQuietSince);
  }

  failed(cause: unknown): void {
    this.events.emit('fault', { during: 'reading the bus', cause });
  }
}
