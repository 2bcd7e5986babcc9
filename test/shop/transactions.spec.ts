import { randomUUID } from 'node:crypto';
import { ShopStore } from './shop.store.js';

describe('transactions', () => {
  let store: ShopStore;
  beforeAll(async () => void (store = await ShopStore.open(import.meta.filename)));
  afterAll(() => store.connection.close());

  const aCategory = async (): Promise<string> => {
    const _id = randomUUID();
    await store.categoryDocuments.insertOne({ _id, name: _id, productCount: 0 });
    return _id;
  };
  const countOf = async (_id: string): Promise<number> => (await store.categories.findBySlug(_id))?.productCount ?? NaN;
  /** Reads first and writes last, so that any two of them at once meet. */
  const increment = async (_id: string): Promise<void> => {
    const productCount = (await countOf(_id)) + 1;
    await store.products.findById('nobody');
    await store.categoryDocuments.updateOne({ _id }, { $set: { productCount } }).exec();
  };

  it('lets 60 that change one document through, none on top of another, in at most three attempts each on average', async () => {
    const id = await aCategory();
    let attempts = 0;
    const one = () =>
      store.transactions.run(() => {
        attempts += 1;
        return increment(id);
      });

    await Promise.all(Array.from({ length: 60 }, one));

    expect(await countOf(id)).toBe(60);
    expect(attempts).toBeLessThanOrEqual(180);
  }, 30_000);

  it('joins one that is inside another, and undoes both', async () => {
    const id = await aCategory();

    const attempt = store.transactions.run(async () => {
      await store.transactions.run(() => increment(id));
      expect(await countOf(id)).toBe(1);
      throw new Error('after all');
    });

    await expect(attempt).rejects.toThrow('after all');
    expect(await countOf(id)).toBe(0);
  });

  it('knows whether it runs, and shows nothing of it outside', async () => {
    const id = await aCategory();

    const seen = await store.transactions.run(async () => {
      await increment(id);
      const outside = await store.transactions.outside(() => countOf(id));
      return { isRunning: store.transactions.isRunning, inside: await countOf(id), outside };
    });

    expect(seen).toEqual({ isRunning: true, inside: 1, outside: 0 });
    expect(store.transactions.isRunning).toBe(false);
  });
});
