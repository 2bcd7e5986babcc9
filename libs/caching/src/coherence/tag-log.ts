import { isAfter, type Position } from '../region/envelope.js';
import type { TagRecord } from '../stores/tag.store.js';
import { PARTITIONS, partitionOf } from '../topology/partitions.js';

const BEGINNING: Position = '0-0';
const LIMIT = 50_000;

/** The tag removals this node has read from the bus, and since when it knows all of them. */
export class TagLog {
  private readonly records = new Map<string, { removed: Position; staled: Position }>();
  private horizon: Position[] = Array.from({ length: PARTITIONS }, () => BEGINNING);
  /**
   * In each partition, a position that neither its horizon nor anything noted of its tags comes after, as two numbers.
   * Positions of different partitions are never compared: each stream counts for itself.
   */
  private readonly newestMs = new Float64Array(PARTITIONS);
  private readonly newestSequence = new Float64Array(PARTITIONS);

  /** From here on every removal of the partition is known; what came before is not. */
  beginAt(partition: number, position: Position): void {
    this.horizon[partition] = position;
    this.raise(partition, position);
    for (const tag of this.records.keys()) if (partitionOf(tag) === partition) this.records.delete(tag);
  }

  note(tag: string, kind: keyof TagRecord, position: Position): void {
    const known = this.records.get(tag) ?? { removed: BEGINNING, staled: BEGINNING };
    this.records.delete(tag);
    this.records.set(tag, { ...known, [kind]: isAfter(position, known[kind]) ? position : known[kind] });
    this.raise(partitionOf(tag), position);
    if (this.records.size > LIMIT) this.forgetOldest();
  }

  /** What happened to `tag` after `position`, or `undefined` when that reaches back further than this node knows. */
  since(tag: string, position: Position): TagRecord | undefined {
    if (isAfter(this.horizon[partitionOf(tag)] ?? BEGINNING, position)) return undefined;
    return this.records.get(tag) ?? { removed: BEGINNING, staled: BEGINNING };
  }

  /**
   * Whether all that this node knows of a partition came at or before this position: then `since` has, for any tag of it
   * and any later position too, a record that says nothing happened after that.
   */
  isQuietSince(partition: number, ms: number, sequence: number): boolean {
    const newestMs = this.newestMs[partition];
    if (newestMs === undefined || !(newestMs <= ms)) return false;
    return newestMs < ms || (this.newestSequence[partition] ?? Infinity) <= sequence;
  }

  /** Whether this node has read that `tag` was removed, or marked stale, after `position`. */
  hasHeardOf(tag: string, position: Position): boolean {
    const record = this.records.get(tag);
    return record !== undefined && (isAfter(record.removed, position) || isAfter(record.staled, position));
  }

  private raise(partition: number, position: Position): void {
    const [ms = NaN, sequence = NaN] = position.split('-').map(Number);
    if (this.isQuietSince(partition, ms, sequence)) {
      this.newestMs[partition] = ms;
      this.newestSequence[partition] = sequence;
    }
  }

  private forgetOldest(): void {
    for (const [tag, { removed, staled }] of this.records) {
      this.records.delete(tag);
      const partition = partitionOf(tag);
      const latest = isAfter(removed, staled) ? removed : staled;
      if (isAfter(latest, this.horizon[partition] ?? BEGINNING)) this.horizon[partition] = latest;
      return;
    }
  }
}
