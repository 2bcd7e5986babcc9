import { anImport, ShopStore, usd } from './shop.store.js';

describe('upserts of a catalogue', () => {
  let store: ShopStore;
  beforeEach(async () => void (store = await ShopStore.open(import.meta.filename)));
  afterEach(() => store.connection.close());

  it('makes products with categories and stock, and the same batch again changes nothing', async () => {
    const batch = [
      anImport('a', { category: 'Tables', categories: ['Outdoor'], stock: 4, attributes: { width: 1, depth: 2 } }),
      anImport('b', { category: 'Chairs' }),
    ];

    const first = await store.upserts.upsertMany(batch);
    const second = await store.upserts.upsertMany(batch.toReversed());

    expect(first).toMatchObject({ inserted: 2, updated: 0, unchanged: 0, rejected: [], restocked: ['a', 'b'] });
    expect(first.changes.map(({ before, after }) => [before, after?.version])).toEqual([
      [null, 1],
      [null, 1],
    ]);
    expect(second).toEqual({ inserted: 0, updated: 0, unchanged: 2, rejected: [], changes: [], restocked: [] });
    expect(await store.inventory.findById('a')).toMatchObject({ onHand: 4, version: 1 });
    expect(await store.inventory.findById('b')).toMatchObject({ onHand: 0 });
    expect(await store.categories.findAll()).toMatchObject([
      { productCount: 1 },
      { productCount: 1 },
      { productCount: 1 },
    ]);
  });

  it('raises the version of what changed alone, and answers its images', async () => {
    await store.upserts.upsertMany([anImport('a'), anImport('b')]);

    const { changes, ...report } = await store.upserts.upsertMany([
      anImport('a'),
      anImport('b', { category: 'Beds', price: usd(1) }),
    ]);

    expect(report).toMatchObject({ inserted: 0, updated: 1, unchanged: 1 });
    expect(changes).toMatchObject([{ before: { category: 'chairs' }, after: { category: 'beds', version: 2 } }]);
    expect(await store.products.findById('b')).toEqual(changes[0]?.after);
    expect(await store.products.findById('a')).toMatchObject({ version: 1 });
    expect(await store.categories.findAll()).toMatchObject([
      { slug: 'beds', productCount: 1 },
      { slug: 'chairs', productCount: 1 },
    ]);
    expect(await store.outbox.findWaiting(10)).toMatchObject([{ id: 'b:2', price: usd(1), previous: usd(1_000) }]);
  });

  it('sets stock only where it is given', async () => {
    await store.upserts.upsertMany([anImport('a', { stock: 5 }), anImport('b', { stock: 5 })]);

    const report = await store.upserts.upsertMany([anImport('a'), anImport('b', { stock: 6 })]);

    expect(report).toMatchObject({ updated: 1, unchanged: 1, changes: [], restocked: ['b'] });
    expect(await store.inventory.findById('a')).toMatchObject({ onHand: 5, version: 1 });
    expect(await store.inventory.findById('b')).toMatchObject({ onHand: 6, version: 2 });
    expect(await store.products.findById('b')).toMatchObject({ version: 1 });
  });

  it('rejects a foreign sku and less stock than is reserved, and takes the rest', async () => {
    await store.upserts.upsertMany([anImport('a'), anImport('b', { stock: 5 })]);
    await store.stocks.updateOne({ _id: 'b' }, { $set: { reserved: 3 } }).exec();

    const report = await store.upserts.upsertMany([
      anImport('b', { stock: 2, name: 'Not taken' }),
      anImport('c', { sku: 'sku-a' }),
      anImport('d'),
      anImport('e', { sku: 'sku-d' }),
    ]);

    expect(report).toMatchObject({ inserted: 1, updated: 0, unchanged: 0 });
    expect(report.rejected).toMatchObject([
      { id: 'b', code: 'STOCK_BELOW_RESERVED' },
      { id: 'c', code: 'SKU_TAKEN' },
      { id: 'e', code: 'SKU_TAKEN' },
    ]);
    expect(await store.products.findById('b')).toMatchObject({ name: 'Product b' });
    expect(await store.documents.countDocuments()).toBe(3);
  });

  it('takes the last of a product that is twice in a batch', async () => {
    const report = await store.upserts.upsertMany([anImport('a', { name: 'First' }), anImport('a', { name: 'Last' })]);

    expect(report).toMatchObject({ inserted: 1 });
    expect(await store.products.findById('a')).toMatchObject({ name: 'Last', version: 1 });
  });

  it('goes on from the versions of removed products', async () => {
    await store.upserts.upsertMany([anImport('a', { stock: 1 })]);
    await store.products.remove('a');

    await store.upserts.upsertMany([anImport('a')]);

    expect(await store.products.findById('a')).toMatchObject({ version: 2 });
    expect(await store.inventory.findById('a')).toMatchObject({ version: 2, onHand: 0 });
  });

  it('makes each product once when four imports of one catalogue meet', async () => {
    const batch = Array.from({ length: 200 }, (_, at) => anImport(`p-${at}`, { category: `Category ${at % 3}` }));

    const reports = await Promise.all(Array.from({ length: 4 }, () => store.upserts.upsertMany(batch)));

    expect(reports.reduce((sum, { inserted }) => sum + inserted, 0)).toBe(200);
    expect(await store.documents.countDocuments({ version: 1 })).toBe(200);
    expect((await store.categories.findAll()).map(({ productCount }) => productCount)).toEqual([67, 67, 66]);
  }, 30_000);

  it('asks MongoDB at most 8 times for a batch of 500, and twice when nothing of it changes', async () => {
    const batch = Array.from({ length: 500 }, (_, at) =>
      anImport(`p-${at}`, { category: `Category ${at % 12}`, stock: at }),
    );
    const dearer = batch.map((product) => ({ ...product, price: usd(2_000), stock: 7 }));

    expect(await store.commandsDuring(() => store.upserts.upsertMany(batch))).toBeLessThanOrEqual(8);
    expect(await store.commandsDuring(() => store.upserts.upsertMany(batch))).toBeLessThanOrEqual(2);
    expect(await store.commandsDuring(() => store.upserts.upsertMany(dearer))).toBeLessThanOrEqual(8);

    expect(await store.documents.countDocuments({ 'price.amount': 2_000, version: 2 })).toBe(500);
  }, 30_000);
});
