import type { PendingWrite } from './pending-write.js';

/** What became of a write that was handed to the source. */
export type FlushOutcome =
  /** It is in the source, by this flush or by an earlier one. */
  | { readonly state: 'applied' }
  /** The value it was meant for is gone: it has no effect any more. */
  | { readonly state: 'superseded' }
  /** The source refuses it; it is tried again, and becomes a dead letter after the fifth time. */
  | { readonly state: 'refused'; readonly reason: string };

/**
 * Where the writes of a region end: its source of truth. Each document keeps, outside its versioned shape, the last log
 * position that was applied to it, and a write is applied only where that is lower than its `last`: so a repeat, and
 * a flusher that was frozen and wakes, change nothing. Idea: the idempotent writer with a per-key sequence (Kafka).
 */
export abstract class WriteSink<V = unknown> {
  /**
   * Applies each write at most once, in no order: they are of different values. Answers what became of each, in the order
   * given.
   * @throws whatever kept all of them from being applied; `isUnavailable` says whether waiting helps
   */
  abstract apply(writes: readonly PendingWrite[]): Promise<readonly FlushOutcome[]>;

  /** Whether an error of `apply` says that the source is away: the writes are then kept and tried again, however long. */
  abstract isUnavailable(error: unknown): boolean;

  /** Whether a cached value shows anything of what was written; a counter that none shows leaves them alone. */
  isShown(write: PendingWrite): boolean {
    return write.count > 0;
  }

  /**
   * The value as it will be when `write` is applied, but of the version that it has in the source: so the flush, which
   * raises that, makes what was cached before it untrue. `null` is absence; it may be asked for values that are absent.
   */
  abstract overlaid(value: V, write: PendingWrite): V;
}
