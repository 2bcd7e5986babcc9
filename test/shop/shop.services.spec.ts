import { Test, type TestingModule } from '@nestjs/testing';
import { Cache, CachingModule, WriteBehindLog } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import {
  CatalogModule,
  CategoryService,
  CursorInvalidError,
  CategoryNotFoundError,
  Database,
  InventoryService,
  PricingService,
  productById,
  ProductDraft,
  ProductEditService,
  ProductNotFoundError,
  ProductRepository,
  ProductService,
  productsOfCategory,
  ShopDatabaseModule,
  stockOfProduct,
  Transactions,
  type ProductPage,
} from '@larder/shop';
import { getConnectionToken } from '@nestjs/mongoose';
import { createConnection, type Connection } from 'mongoose';
import { ProductSink } from '../../libs/shop/src/product/product.sink.js';
import { aRedis } from '../support/local.server.js';
import { aDraft, anImport, databaseOf, usd } from './shop.store.js';

describe('the services of the shop over real servers', () => {
  let redis: LocalServer;
  let module: TestingModule;
  let products: ProductService;
  let prices: PricingService;
  let categories: CategoryService;
  let inventory: InventoryService;
  let cache: Cache;

  beforeAll(async () => {
    redis = await aRedis({ role: 'cache' });
    const uri = databaseOf(import.meta.filename);
    const connection = await createConnection(uri).asPromise();
    await connection.dropDatabase();
    await connection.close();
    module = await Test.createTestingModule({
      imports: [
        CachingModule.forRoot({ redisUrl: redis.url, queueRedisUrl: process.env['QUEUE_REDIS_URL'] ?? '' }),
        ShopDatabaseModule.forRoot({ uri }),
        CatalogModule,
      ],
    }).compile();
    await module.init();
    await module.get(Database).ready({ withinMs: 10_000 });
    products = module.get(ProductService);
    prices = module.get(PricingService);
    categories = module.get(CategoryService);
    inventory = module.get(InventoryService);
    cache = module.get(Cache);
  });
  afterAll(async () => {
    await module.close();
    await redis.stop();
  });

  const make = (id: string, given: object = {}) => products.create(ProductDraft.parse({ ...aDraft(id), ...given }));
  const pageOf = (slug: string, given: object = {}): Promise<ProductPage> =>
    categories.findPage({ slug, page: 1, perPage: 20, sort: 'name', ...given });
  const idsIn = async (slug: string): Promise<string[]> => (await pageOf(slug)).items.map(({ id }) => id);
  /** Loads of these regions while `work` runs. */
  const loadsDuring = async (work: () => Promise<unknown>): Promise<Record<string, number>> => {
    const loads = (): Record<string, number> =>
      Object.fromEntries(
        [productById, stockOfProduct, productsOfCategory].map(({ name }) => [name, cache.counters.of(name).loads]),
      );
    const before = loads();
    await work();
    return Object.fromEntries(Object.entries(loads()).map(([name, count]) => [name, count - (before[name] ?? 0)]));
  };

  it('makes every index', async () => {
    const connection: Connection = module.get(getConnectionToken());

    const indexes = await connection.collection('products').indexes();

    expect(indexes.map(({ key }) => Object.keys(key).join())).toEqual(
      expect.arrayContaining(['sku', 'categories,name,_id', 'categories,price.amount,_id', 'categories,updatedAt,_id']),
    );
    expect(indexes.find(({ key }) => 'sku' in key)?.unique).toBe(true);
  });

  it('shows a product with its stock, and what was missing as soon as it is there', async () => {
    await expect(products.findDetails('early')).rejects.toThrow(ProductNotFoundError);
    expect(await products.findDetailsByIds(['early'])).toEqual({ items: [], missing: ['early'] });

    await make('early', { stock: 3 });

    const details = await products.findDetails('early');
    expect(details).toMatchObject({ id: 'early', stock: { available: 3 }, version: 1 });
    expect(await products.findTruth('early')).toEqual({ ...details, views: 0 });
  });

  it('answers many in the order asked, each once', async () => {
    await Promise.all(['many-1', 'many-2', 'many-3'].map((id) => make(id)));

    const { items, missing } = await products.findDetailsByIds(['many-3', 'nowhere', 'many-1', 'many-3', 'many-2']);

    expect(items.map(({ id }) => id)).toEqual(['many-3', 'many-1', 'many-2']);
    expect(missing).toEqual(['nowhere']);
  });

  it('serves products, stock and pages from the cache', async () => {
    await make('kept', { category: 'Kept' });
    const readAll = () => Promise.all([products.findDetails('kept'), pageOf('kept')]);
    await readAll();

    expect(await loadsDuring(readAll)).toEqual({ product: 0, stock: 0, 'category-products': 0 });
  });

  it('shows a new price at once, in the product and in every page that holds it', async () => {
    await make('priced', { category: 'Priced', categories: ['Sale'] });
    await Promise.all([products.findDetails('priced'), pageOf('priced'), pageOf('sale')]);

    await prices.changePrice('priced', usd(5));

    expect((await products.findDetails('priced')).price).toEqual(usd(5));
    for (const slug of ['priced', 'sale']) expect((await pageOf(slug)).items[0]?.price).toEqual(usd(5));
  });

  it('shows many new prices at once', async () => {
    await Promise.all(['bulk-1', 'bulk-2'].map((id) => make(id, { category: 'Bulk' })));
    await Promise.all([products.findDetails('bulk-1'), pageOf('bulk')]);

    const report = await prices.changePrices([
      { productId: 'bulk-1', ...usd(1) },
      { productId: 'bulk-2', ...usd(1_000) },
      { productId: 'nowhere', ...usd(1) },
    ]);

    expect(report).toEqual({
      updated: 1,
      unchanged: 1,
      failed: [
        { productId: 'nowhere', code: 'PRODUCT_NOT_FOUND', detail: expect.stringContaining('nowhere') as string },
      ],
    });
    expect((await products.findDetails('bulk-1')).price).toEqual(usd(1));
    expect((await pageOf('bulk')).items.map(({ price }) => price.amount)).toEqual([1, 1_000]);
  });

  it("moves a product out of one category's pages and into another's, a category that was unknown included", async () => {
    await make('mover', { category: 'Before' });
    await expect(pageOf('after')).rejects.toThrow(CategoryNotFoundError);
    expect(await idsIn('before')).toEqual(['mover']);

    await products.change('mover', { category: 'After' });

    expect([await idsIn('before'), await idsIn('after')]).toEqual([[], ['mover']]);
    expect((await categories.findAll()).filter(({ slug }) => slug === 'before' || slug === 'after')).toMatchObject([
      { slug: 'after', productCount: 1 },
      { slug: 'before', productCount: 0 },
    ]);
  });

  it('takes a removed product out of pages and answers', async () => {
    await make('leaver', { category: 'Leavers', stock: 1 });
    await Promise.all([products.findDetails('leaver'), idsIn('leavers')]);

    await products.remove('leaver');

    await expect(products.findDetails('leaver')).rejects.toThrow(ProductNotFoundError);
    await expect(inventory.find('leaver')).rejects.toThrow(ProductNotFoundError);
    expect(await idsIn('leavers')).toEqual([]);
  });

  it('shows new stock at once, and loads neither product nor page for it', async () => {
    await make('sold', { category: 'Sold', stock: 5 });
    const readAll = () => Promise.all([products.findDetails('sold'), pageOf('sold')]);
    await readAll();

    await inventory.adjust('sold', { delta: -2, reason: 'broken' });

    const loads = await loadsDuring(readAll);
    expect([loads['product'], loads['category-products']]).toEqual([0, 0]);
    expect((await products.findDetails('sold')).stock.available).toBe(3);
    expect((await pageOf('sold')).items[0]?.stock.available).toBe(3);
    expect(await inventory.find('sold')).toEqual(await inventory.findTruth('sold'));
  });

  it('shows an imported catalogue at once', async () => {
    await expect(pageOf('imports')).rejects.toThrow(CategoryNotFoundError);
    await expect(products.findDetails('imported')).rejects.toThrow(ProductNotFoundError);

    await products.upsertMany([anImport('imported', { category: 'Imports', stock: 1 })]);
    expect((await pageOf('imports')).items[0]?.stock.available).toBe(1);

    await products.upsertMany([anImport('imported', { category: 'Imports', stock: 2, price: usd(3) })]);
    expect(await products.findDetails('imported')).toMatchObject({
      price: usd(3),
      stock: { available: 2 },
      version: 2,
    });
  });

  it('makes a product again beyond the reach of a flusher that wakes with an edit of the one before', async () => {
    const [id, params] = ['reborn', { id: 'reborn' }];
    await make(id);
    await module.get(ProductEditService).edit(id, { productId: id, name: 'Edited' });
    const [held = []] = await module.get(WriteBehindLog).pending(productById, [params]);
    await products.remove(id);

    await products.upsertMany([anImport(id, { name: 'Imported' })]);
    await module.get(ProductSink).apply(held);

    expect(held).toHaveLength(1);
    expect(await products.findTruth(id)).toMatchObject({ name: 'Imported', version: 2 });
  });

  it('reads the products of a batch of edits together', async () => {
    const ids = Array.from({ length: 20 }, (_, at) => `edited-${at}`);
    await Promise.all(ids.map((id) => make(id)));
    await Promise.all(ids.map((id) => cache.invalidate(productById, { id })));
    const edits = ids.map((productId) => ({ productId, name: 'Edited' }));

    const loads = await loadsDuring(() => module.get(ProductEditService).editMany(edits));

    expect(loads['product']).toBe(1);
    expect(await cache.read(productById, { id: 'edited-19' })).toMatchObject({ name: 'Edited' });
  });

  it('walks by cursors, and refuses one of another order and one that is none', async () => {
    await Promise.all([1, 2, 3].map((at) => make(`walk-${at}`, { category: 'Walked' })));

    const first = await pageOf('walked', { perPage: 2 });
    const second = await pageOf('walked', { perPage: 2, cursor: first.nextCursor ?? '' });

    expect(first).toMatchObject({ page: 1, perPage: 2, total: 3 });
    expect(second).toMatchObject({ page: 2, perPage: 2, total: 3, nextCursor: null });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(['walk-1', 'walk-2', 'walk-3']);
    await expect(pageOf('walked', { sort: 'price', cursor: first.nextCursor })).rejects.toThrow(CursorInvalidError);
    await expect(pageOf('walked', { cursor: 'nonsense' })).rejects.toThrow(CursorInvalidError);
  });

  it('shows nobody else what a transaction has not committed', async () => {
    const transactions = module.get(Transactions);
    const repository = module.get(ProductRepository);
    let inside: unknown;

    await transactions.run(async () => {
      const { after } = await make('secret', { stock: 9 });
      inside = after && (await products.withStock([after]));
      expect(await products.findById({ id: 'secret' })).toBeNull();
      expect(await repository.findById('secret')).not.toBeNull();
    });

    expect(inside).toMatchObject([{ id: 'secret', stock: { available: 9 } }]);
    expect(await products.findDetails('secret')).toMatchObject({ stock: { available: 9 } });
  });
});
