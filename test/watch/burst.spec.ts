import type { ProductDocument } from '../../libs/shop/src/product/product.document.js';
import { anImport, usd } from '../shop/shop.store.js';
import { until } from '../support/until.js';
import { WatchedShop } from './watched.shop.js';

const PRODUCTS = 3_000;
const AT_ONCE = 500;

let shop: WatchedShop;

beforeAll(async () => {
  shop = await WatchedShop.open(import.meta.filename);
});
afterEach(() => shop.stopWorkers());
afterAll(() => shop.close());

const products = () => shop.plain<ProductDocument>('products');

describe('three thousand products', () => {
  it('that another program imports do not hold up what comes after them by more than 5 s, whatever else this machine does', async () => {
    const worker = await shop.startWorker();
    const reader = await shop.startReader();
    const id = await shop.store.make();
    await reader.keepNear(() => reader.product(id));

    for (let from = 0; from < PRODUCTS; from += AT_ONCE) {
      const batch = Array.from({ length: AT_ONCE }, (_, index) =>
        anImport(`burst-${from + index}`, { category: `Category ${(from + index) % 40}`, stock: 3 }),
      );
      await shop.store.upserts.upsertMany(batch);
    }
    await products().updateOne({ _id: id }, { $set: { price: usd(70) } });

    await until(async () => (await reader.amountOf(id)) === 70, { withinMs: 5_000 });
    expect(new Set(worker.untrue.filter((key) => key.startsWith('product.1:burst-'))).size).toBe(PRODUCTS);
  }, 120_000);

  it('that get another price by one command are all heard of', async () => {
    const worker = await shop.startWorker();
    worker.untrue.length = 0;

    await products().updateMany({ _id: /^burst/ }, { $inc: { 'price.amount': 5 } });

    await until(() => worker.untrue.length >= PRODUCTS, { withinMs: 30_000 });
    await shop.settled(worker);
    expect(new Set(worker.untrue.filter((key) => key.startsWith('product.1:burst-'))).size).toBe(PRODUCTS);
    await until(() => worker.cache.unsentInvalidations === 0, { withinMs: 10_000 });
  }, 60_000);
});
