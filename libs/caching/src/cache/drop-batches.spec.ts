import type { Dropped } from '../stores/shared.store.js';
import { partitionOf } from '../topology/partitions.js';
import { inBatches, sendBatches } from './drop-batches.js';

const droppedOf = (count: number, name = (at: number) => `product.1:${at}`): Dropped[] =>
  Array.from({ length: count }, (_, at) => ({ name: name(at), below: at }));

describe('what is dropped in batches', () => {
  it('is all there, in its order, each batch of one partition and small enough', () => {
    const dropped = [...droppedOf(5_000), ...droppedOf(600, () => 'product.1:again')];
    const batches = inBatches(dropped);

    for (const batch of batches) {
      expect(new Set(batch.map(({ name }) => partitionOf(name))).size).toBe(1);
      expect(batch.length).toBeLessThanOrEqual(256);
    }
    const inOrder = (list: readonly Dropped[]): Dropped[] =>
      list.toSorted((one, other) => partitionOf(one.name) - partitionOf(other.name));
    expect(inOrder(batches.flat())).toEqual(inOrder(dropped));
    expect(batches.length).toBeLessThan(64 * 3);
    expect(inBatches([])).toEqual([]);
  });

  it('is sent a few at a time', async () => {
    const batches = inBatches(droppedOf(5_000));
    const sent: (readonly Dropped[])[] = [];
    let [under, most] = [0, 0];

    await sendBatches(batches, async (batch) => {
      most = Math.max(most, (under += 1));
      await new Promise(setImmediate);
      under -= 1;
      sent.push(batch);
    });

    expect(sent).toHaveLength(batches.length);
    expect(most).toBe(8);
  });
});
