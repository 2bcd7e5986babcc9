import { ProductNotFoundError, StockBelowReservedError, StockLimitError, VersionMismatchError } from '@larder/shop';
import { ShopStore } from './shop.store.js';

describe('stock in MongoDB', () => {
  let store: ShopStore;
  beforeAll(async () => void (store = await ShopStore.open(import.meta.filename)));
  afterAll(() => store.connection.close());

  const reserve = (id: string, reserved: number) => store.stocks.updateOne({ _id: id }, { $set: { reserved } }).exec();
  const adjustment = (delta: number) => ({ delta, reason: 'count' });

  it('sets what is on hand, dates it, and answers both images', async () => {
    const id = await store.make({ stock: 5 });
    const before = await store.inventory.findById(id);

    const change = await store.inventory.setOnHand(id, 8, 1);

    expect(change.before).toEqual(before);
    expect(change.after).toMatchObject({ onHand: 8, available: 8, version: 2 });
    expect(await store.inventory.findById(id)).toEqual(change.after);
    expect(Date.parse(change.after?.asOf ?? '')).toBeGreaterThanOrEqual(Date.parse(before?.asOf ?? ''));
  });

  it('changes neither version nor date when the number is the same', async () => {
    const id = await store.make({ stock: 5 });
    const before = await store.inventory.findById(id);

    expect(await store.inventory.setOnHand(id, 5)).toEqual({ before, after: before });
    expect(await store.inventory.adjust(id, adjustment(0))).toEqual({ before, after: before });

    expect(await store.inventory.findById(id)).toEqual(before);
  });

  it('leaves the product alone', async () => {
    const id = await store.make({ stock: 5 });
    const before = await store.products.findById(id);

    await store.inventory.adjust(id, adjustment(-5));

    expect(await store.products.findById(id)).toEqual(before);
  });

  it('never goes below what is reserved, and says what there is', async () => {
    const id = await store.make({ stock: 5 });
    await reserve(id, 3);

    await expect(store.inventory.setOnHand(id, 2)).rejects.toEqual(new StockBelowReservedError(id, 2, 5, 3));
    await expect(store.inventory.adjust(id, adjustment(-3))).rejects.toEqual(new StockBelowReservedError(id, 2, 5, 3));
    await expect(store.inventory.adjust(id, adjustment(-6))).rejects.toThrow(StockBelowReservedError);

    expect(await store.inventory.findById(id)).toMatchObject({ onHand: 5, version: 1 });
    expect((await store.inventory.setOnHand(id, 3)).after).toMatchObject({ onHand: 3, available: 0 });
  });

  it('never holds more than a record can', async () => {
    const id = await store.make({ stock: 1_000_000_000 });

    await expect(store.inventory.adjust(id, adjustment(1))).rejects.toThrow(StockLimitError);
  });

  it('adds up 50 parallel adjustments, and never goes below zero', async () => {
    const id = await store.make({ stock: 30 });

    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () => store.inventory.adjust(id, adjustment(-1))),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
    expect(await store.inventory.findById(id)).toMatchObject({ onHand: 0, version: 31 });
  }, 30_000);

  it('lets one of 20 parallel changes of one version through', async () => {
    const id = await store.make({ stock: 30 });

    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, at) => store.inventory.setOnHand(id, 100 + at, 1)),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refusals.every(({ reason }) => reason instanceof VersionMismatchError)).toBe(true);
  });

  it('keeps the reasons of the last 20 adjustments', async () => {
    const id = await store.make();

    for (let at = 1; at <= 22; at += 1) await store.inventory.adjust(id, { delta: 1, reason: `$reason ${at}` });

    const kept = (await store.stocks.findById(id).lean().exec())?.adjustments ?? [];
    expect(kept.map(({ reason }) => reason)).toEqual(Array.from({ length: 20 }, (_, at) => `$reason ${at + 3}`));
  });

  it('refuses an absent product', async () => {
    await expect(store.inventory.setOnHand('nowhere', 1)).rejects.toThrow(ProductNotFoundError);
    await expect(store.inventory.adjust('nowhere', adjustment(1))).rejects.toThrow(ProductNotFoundError);
  });
});
