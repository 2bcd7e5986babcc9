import type { Dropped } from '../stores/shared.store.js';
import { partitionOf } from '../topology/partitions.js';

/** How many names one script takes at most: Redis answers nobody else for some 2 ms then. */
const NAMES_A_BATCH = 256;
/** How many batches are on their way at once: more would not be answered within the deadline. */
const AT_ONCE = 8;

/** What is to be dropped in batches that one script may take: each of one partition. */
export const inBatches = (dropped: readonly Dropped[]): Dropped[][] => {
  const open = new Map<number, Dropped[]>();
  const batches: Dropped[][] = [];
  for (const one of dropped) {
    const partition = partitionOf(one.name);
    let batch = open.get(partition);
    if (!batch || batch.length === NAMES_A_BATCH) {
      open.set(partition, (batch = []));
      batches.push(batch);
    }
    batch.push(one);
  }
  return batches;
};

/** Sends batches, a few at a time. @throws what `send` throws first; what is on its way by then ends by itself */
export const sendBatches = async (
  batches: readonly Dropped[][],
  send: (batch: readonly Dropped[]) => Promise<void>,
): Promise<void> => {
  const waiting = batches.values();
  const carryOut = async (): Promise<void> => {
    for (const batch of waiting) await send(batch);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, batches.length) }, carryOut));
};
