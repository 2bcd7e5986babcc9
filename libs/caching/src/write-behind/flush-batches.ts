import type { PendingWrite } from './pending-write.js';

/** How many writes one bulk carries, and about how many bytes. */
export const BATCH = 500;
const BATCH_BYTES = 8 * 1_048_576;
/** What is larger goes alone: should the source refuse it for its size, nothing else is sent again for its sake. */
const ALONE_FROM_BYTES = 2 * 1_048_576;

/** A write, and about how large it is. */
export interface SizedWrite {
  readonly write: PendingWrite;
  readonly bytes: number;
}

/** The writes in the portions in which the source is given them: the large ones each by itself, after all others. */
export const batchesOf = (writes: readonly SizedWrite[]): PendingWrite[][] => {
  const batches: PendingWrite[][] = [];
  let [batch, size]: [PendingWrite[], number] = [[], 0];
  for (const { write, bytes } of writes) {
    if (bytes >= ALONE_FROM_BYTES) continue;
    if (batch.length >= BATCH || (batch.length > 0 && size + bytes > BATCH_BYTES)) {
      batches.push(batch);
      [batch, size] = [[], 0];
    }
    batch.push(write);
    size += bytes;
  }
  if (batch.length > 0) batches.push(batch);
  return [...batches, ...writes.filter(({ bytes }) => bytes >= ALONE_FROM_BYTES).map(({ write }) => [write])];
};
