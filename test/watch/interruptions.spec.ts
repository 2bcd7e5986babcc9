import type { ProductDocument } from '../../libs/shop/src/product/product.document.js';
import { usd } from '../shop/shop.store.js';
import { until } from '../support/until.js';
import { type Reader, WatchedShop } from './watched.shop.js';

const WITHIN = { withinMs: 1_000 };

let shop: WatchedShop;
let reader: Reader;

beforeAll(async () => {
  shop = await WatchedShop.open(import.meta.filename);
  reader = await shop.startReader();
});
afterEach(() => shop.stopWorkers());
afterAll(() => shop.close());

const products = () => shop.plain<ProductDocument>('products');
const cut = (id: string, amount: number) => products().updateOne({ _id: id }, { $set: { price: usd(amount) } });

describe('a worker that was away', () => {
  it('goes on where it stopped, and hears of what was written meanwhile', async () => {
    const before = await shop.startWorker();
    const id = await shop.store.make();
    await shop.settled(before);
    await before.close();
    await reader.keepNear(() => reader.product(id));
    const untouched = await shop.store.make({ category: 'Elsewhere' });
    await reader.keepNear(() => reader.product(untouched));
    await cut(id, 500);
    expect(await reader.amountOf(id)).toBe(1_000); // nobody has told it yet

    const after = await shop.launchWorker();

    await until(async () => (await reader.amountOf(id)) === 500, { withinMs: 5_000 });
    expect(await shop.settled(after)).not.toContain('all of product.1');
    expect(after.untrue.filter((key) => key.includes(id)).length).toBeGreaterThan(0);
  });

  it.each([
    ['of a time that MongoDB has forgotten', (token: string) => token.replace(/^(82).{8}/, '$100000001')],
    ['that is none', () => 'no token'],
  ])('begins every watched region anew with a token %s', async (_name, spoil) => {
    const before = await shop.startWorker();
    const id = await shop.store.make();
    await shop.settled(before);
    await before.close();
    await reader.keepNear(() => reader.product(id));
    await reader.keepNear(() => reader.page('chairs'));
    await cut(id, 400);
    const spoilt = spoil((await shop.keptToken())?.token._data ?? '');
    await shop.plain('resume_tokens').updateOne({}, { $set: { 'token._data': spoilt } });

    const after = await shop.startWorker();

    await until(async () => (await reader.amountOf(id)) === 400, WITHIN);
    await until(
      async () => (await reader.page('chairs'))?.products.some(({ price }) => price.amount === 400) === true,
      WITHIN,
    );
    const cleared = ['product', 'stock', 'category-products', 'session', 'permissions'];
    expect(after.untrue).toEqual(expect.arrayContaining(cleared.map((name) => `all of ${name}.1`)));
    await reader.keepNear(() => reader.product(id));
    await cut(id, 300);
    await until(async () => (await reader.amountOf(id)) === 300, WITHIN); // and it watches on
  });
});

describe('an image that MongoDB does not keep', () => {
  const keeping = (isEnabled: boolean) =>
    shop.store.connection.db?.command({ collMod: 'products', changeStreamPreAndPostImages: { enabled: isEnabled } });

  it('drops the product and every list', async () => {
    const worker = await shop.startWorker();
    const id = await shop.store.make({ category: 'Tables' });
    await shop.store.make({ category: 'Shelves' });
    await keeping(false);
    await reader.keepNear(() => reader.product(id));
    await reader.keepNear(() => reader.page('tables'));
    await reader.keepNear(() => reader.page('shelves'));

    await products().updateOne({ _id: id }, { $set: { category: 'shelves', categories: ['shelves'] } });

    await until(async () => (await reader.product(id))?.category === 'shelves', WITHIN);
    await until(async () => (await reader.namesIn('tables'))?.length === 0, WITHIN);
    await until(async () => (await reader.namesIn('shelves'))?.length === 2, WITHIN);
    expect(worker.untrue).toContain('all of category-products.1');
  });

  it('is kept again once a process has started', async () => {
    await keeping(false);
    await shop.startWorker();

    const [options] = (await shop.store.connection.db?.listCollections({ name: 'products' }).toArray()) ?? [];

    expect(options).toMatchObject({ options: { changeStreamPreAndPostImages: { enabled: true } } });
  });

  it('is kept for an hour', async () => {
    await shop.startWorker();

    const answer = await shop.store.connection.db?.admin().command({ getClusterParameter: 'changeStreamOptions' });

    expect(answer).toMatchObject({ clusterParameters: [{ preAndPostImages: { expireAfterSeconds: 3_600 } }] });
  });
});

describe('a whole collection', () => {
  it('makes its regions untrue when it is dropped', async () => {
    await shop.startWorker();
    const id = await shop.store.make();
    await reader.keepNear(() => reader.product(id));
    await products().rename('products_before', { dropTarget: true });

    await until(async () => (await reader.product(id)) === null, WITHIN);

    await shop.plain('products_before').rename('products', { dropTarget: true });
    await until(async () => (await reader.product(id)) !== null, WITHIN);
  });
});

describe('while the shared store is away', () => {
  it('sends what was written meanwhile once it is back, and keeps no token past it', async () => {
    const worker = await shop.startWorker();
    const id = await shop.store.make();
    await reader.keepNear(() => reader.product(id));
    await shop.settled(worker);
    await shop.redis.kill('SIGSTOP');
    await cut(id, 200);
    await until(() => worker.cache.unsentInvalidations > 0, { withinMs: 5_000 });
    const token = (await shop.keptToken())?.token._data;
    const busyUntil = performance.now() + 600; // longer than one token is kept after the other
    while (performance.now() < busyUntil) await cut(id, Math.floor(performance.now()));
    await cut(id, 201);
    expect((await shop.keptToken())?.token._data).toBe(token);

    await shop.redis.kill('SIGCONT');

    await until(async () => (await reader.amountOf(id)) === 201, { withinMs: 2_000 });
    await until(async () => (await shop.keptToken())?.token._data !== token, { withinMs: 2_000 });
  });

  it('loses nothing when the worker ends meanwhile', async () => {
    const first = await shop.startWorker();
    const id = await shop.store.make();
    await reader.keepNear(() => reader.product(id));
    await shop.settled(first);
    await shop.redis.kill('SIGSTOP');
    await shop.store.make();
    await until(() => !first.cache.isAvailable, { withinMs: 5_000 }); // from here on nothing waits in a socket
    const waiting = first.cache.unsentInvalidations;
    await cut(id, 100);
    await until(() => first.cache.unsentInvalidations > waiting, { withinMs: 5_000 });
    await first.close();
    await shop.redis.kill('SIGCONT');
    await until(() => reader.cache.isAvailable, { withinMs: 5_000 });
    expect(await reader.amountOf(id)).toBe(1_000);

    await shop.launchWorker();

    await until(async () => (await reader.amountOf(id)) === 100, { withinMs: 5_000 });
  });
});

describe('two workers', () => {
  it('both hear of a change, and one is enough', async () => {
    const [one, other] = [await shop.startWorker(), await shop.startWorker()];
    const id = await shop.store.make();
    await reader.keepNear(() => reader.product(id));

    await cut(id, 90);

    await until(() => [one, other].every(({ untrue }) => untrue.includes(`product.1:${id}`)), WITHIN);
    await until(async () => (await reader.amountOf(id)) === 90, { withinMs: 250 });
    await one.close();
    await reader.keepNear(() => reader.product(id));
    await cut(id, 80);
    await until(async () => (await reader.amountOf(id)) === 80, WITHIN);
  });
});
