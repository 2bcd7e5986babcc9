import { ShopStore } from './shop.store.js';

describe('the counts of categories', () => {
  let store: ShopStore;
  beforeEach(async () => void (store = await ShopStore.open(import.meta.filename)));
  afterEach(() => store.connection.close());

  const distort = (slug: string, productCount: number) =>
    store.categoryDocuments.updateOne({ _id: slug }, { $set: { productCount } }).exec();

  it('lists every category by name, emptied ones included', async () => {
    await store.make({ category: 'Tables' });
    await store.make({ category: 'Chairs', categories: ['Tables'] });
    await store.products.remove(await store.make({ category: 'Beds' }));

    expect(await store.categories.findAll()).toEqual([
      { slug: 'beds', name: 'Beds', productCount: 0 },
      { slug: 'chairs', name: 'Chairs', productCount: 1 },
      { slug: 'tables', name: 'Tables', productCount: 2 },
    ]);
  });

  it('puts a wrong count right, and says how many', async () => {
    await store.make({ category: 'Tables' });
    await store.make({ category: 'Chairs' });
    await distort('tables', 40);

    expect(await store.categories.reconcileCounts(1)).toEqual({ counted: 2, corrected: 1, isFenced: false });
    expect(await store.categories.findBySlug('tables')).toMatchObject({ productCount: 1 });
    expect(await store.categories.reconcileCounts(1)).toEqual({ counted: 2, corrected: 0, isFenced: false });
  });

  it('makes a category that only products know', async () => {
    await store.make({ category: 'Tables' });
    await store.categoryDocuments.deleteOne({ _id: 'tables' }).exec();

    await store.categories.reconcileCounts(1);

    expect(await store.categories.findBySlug('tables')).toEqual({ slug: 'tables', name: 'tables', productCount: 1 });
  });

  it('lets no runner with an older token write, also where no product was touched since', async () => {
    await store.make({ category: 'Tables' });
    await store.categories.reconcileCounts(5);
    await distort('tables', 40);

    expect(await store.categories.reconcileCounts(4)).toEqual({ counted: 0, corrected: 0, isFenced: true });
    expect(await store.categories.findBySlug('tables')).toMatchObject({ productCount: 40 });
    expect(await store.categories.reconcileCounts(6)).toMatchObject({ corrected: 1, isFenced: false });
    expect(await store.categories.findBySlug('tables')).toMatchObject({ productCount: 1 });
  });

  it('counts right while products come and go', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => store.make({ category: 'Busy' })));

    await Promise.all([
      ...ids.map((id) => store.products.remove(id)),
      ...Array.from({ length: 15 }, () => store.make({ category: 'Busy' })),
      ...[1, 2, 3, 4, 5].map(() => store.categories.reconcileCounts(1)),
    ]);

    expect(await store.categories.findBySlug('busy')).toMatchObject({ productCount: 15 });
  }, 30_000);
});
