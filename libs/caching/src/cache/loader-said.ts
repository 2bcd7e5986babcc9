/** Lifetimes and tags of one value, in place of its region's. */
export interface Keeping {
  readonly ttlMs?: number;
  readonly staleWhileRevalidateMs?: number;
  readonly staleIfErrorMs?: number;
  /** Tags beside those that the region gives. */
  readonly tags?: readonly string[];
}

/** What a loader said about its values. */
export interface LoaderSaid {
  isKept: boolean;
  keeping: Keeping;
  /** The last position of the write log in each value; empty when it did not say. */
  applied: readonly number[];
  /** Nobody knows whether writes are pending for the value, so it may be behind. */
  isPendingUnknown: boolean;
}
