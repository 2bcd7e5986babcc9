import { connectRedis, nestCacheStore, seconds } from '@larder/caching';
import {
  CATEGORY_INDEX_KEY,
  permissionsOfUser,
  productById,
  sessionById,
  stockOfProduct,
  type Session,
  type SessionDocument,
  type UserDocument,
} from '@larder/shop';
import type { ProductDocument } from '../../libs/shop/src/product/product.document.js';
import { usd } from '../shop/shop.store.js';
import { until } from '../support/until.js';
import { type Reader, WatchedShop, type Worker } from './watched.shop.js';

const WITHIN = { withinMs: 1_000 };

let shop: WatchedShop;
let worker: Worker;
let reader: Reader;

beforeAll(async () => {
  shop = await WatchedShop.open(import.meta.filename);
  worker = await shop.startWorker();
  reader = await shop.startReader();
});
afterAll(() => shop.close());

const products = () => shop.plain<ProductDocument>('products');

describe('a product that another program changes', () => {
  it('is seen within 1 s, near copies or not', async () => {
    const id = await shop.store.make();
    await reader.keepNear(() => reader.product(id));

    await products().updateOne({ _id: id }, { $set: { price: usd(900) }, $inc: { version: 1 } });

    await until(async () => (await reader.amountOf(id)) === 900, WITHIN);
  });

  it('is seen within 1 s when its version stays as it was', async () => {
    const id = await shop.store.make();
    await reader.keepNear(() => reader.product(id));

    await products().updateOne({ _id: id }, { $set: { 'price.amount': 800 } });

    await until(async () => (await reader.amountOf(id)) === 800, WITHIN);
  });

  it('is seen within 1 s when its version is set back', async () => {
    const id = await shop.store.make();
    await shop.store.products.change(id, { name: 'Second' });
    await reader.keepNear(() => reader.product(id));

    await products().updateOne({ _id: id }, { $set: { version: 1, name: 'First' } });

    await until(async () => (await reader.product(id))?.name === 'First', WITHIN);
  });

  it('is seen within 1 s when it is replaced as a whole', async () => {
    const id = await shop.store.make();
    await reader.keepNear(() => reader.product(id));
    const document = await products().findOne({ _id: id });

    await products().replaceOne({ _id: id }, { ...document, name: 'Replaced' } as ProductDocument);

    await until(async () => (await reader.product(id))?.name === 'Replaced', WITHIN);
  });

  it('is gone within 1 s, from its lists too, when it is deleted', async () => {
    const id = await shop.store.make({ category: 'Lamps', name: 'Lamp' });
    await reader.keepNear(() => reader.product(id));
    await reader.keepNear(() => reader.page('lamps'));

    await products().deleteOne({ _id: id });

    await until(async () => (await reader.product(id)) === null, WITHIN);
    await until(async () => (await reader.namesIn('lamps'))?.length === 0, WITHIN);
  });

  it('is there within 1 s when it was known to be absent', async () => {
    const id = await shop.store.make({ category: 'Mirrors' });
    const document = (await products().findOneAndDelete({ _id: id })) as ProductDocument;
    await shop.settled(worker);
    await reader.keepNear(() => reader.product(id));
    expect(await reader.product(id)).toBeNull();

    await products().insertOne(document);

    await until(async () => (await reader.product(id)) !== null, WITHIN);
  });

  it('leaves the list that it was on and joins the one that it is on now', async () => {
    const id = await shop.store.make({ category: 'Stools', name: 'Stool' });
    await shop.store.make({ category: 'Benches', name: 'Bench' });
    await reader.keepNear(() => reader.page('stools'));
    await reader.keepNear(() => reader.page('benches'));

    await products().updateOne({ _id: id }, { $set: { category: 'benches', 'categories.0': 'benches' } });

    await until(async () => (await reader.namesIn('stools'))?.length === 0, WITHIN);
    await until(async () => (await reader.namesIn('benches'))?.length === 2, WITHIN);
  });
});

describe('a change by a writer that died before it told the cache', () => {
  it('is seen within 1 s', async () => {
    const id = await shop.store.make({ category: 'Vases' });
    await reader.keepNear(() => reader.product(id));
    await reader.keepNear(() => reader.page('vases'));

    await shop.store.pricing.changePrice(id, usd(700)); // the repository knows no cache

    await until(async () => (await reader.amountOf(id)) === 700, WITHIN);
    await until(async () => (await reader.page('vases'))?.products[0]?.price.amount === 700, WITHIN);
  });
});

describe('what lies outside the versioned shape', () => {
  it('makes nothing untrue', async () => {
    const id = await shop.store.make();
    await shop.store.pricing.changePrice(id, usd(600));
    await shop.settled(worker);
    worker.untrue.length = 0;

    await products().updateOne({ _id: id }, { $inc: { views: 3 }, $set: { 'log.applied': 7 } });
    await products().updateOne({ _id: id }, { $pull: { outbox: {} } });
    await products().updateOne({ _id: id }, { $unset: { views: '' } });
    await shop.plain('stocks').updateOne({ _id: id }, { $set: { adjustments: [] } });
    await shop.plain('categories').updateOne({ _id: 'chairs' }, { $inc: { productCount: 1 }, $set: { fence: 9 } });
    expect(await shop.settled(worker)).toEqual([]);
  });

  it('would be noticed were it inside', async () => {
    const id = await shop.store.make();
    await shop.settled(worker);
    worker.untrue.length = 0;

    await products().updateOne({ _id: id }, { $inc: { views: 3 }, $set: { thumbnail: '/new.png' } });

    expect(await shop.settled(worker)).toEqual(expect.arrayContaining([`product.1:${id}`, 'category:chairs']));
  });
});

describe('a change of our own', () => {
  it('leaves the newer value that was written through', async () => {
    const id = await shop.store.make();
    const ticket = await reader.cache.ticket(productById, { id });
    const { after } = await shop.store.products.change(id, { name: 'Written through' });
    await reader.cache.write(productById, { id }, after, { ticket });
    await shop.settled(worker);

    expect(worker.untrue.filter((key) => key.endsWith(`:${id}`)).length).toBeGreaterThan(0);
    expect(await reader.readsOf(() => reader.product(id))).toMatchObject([{ outcome: 'hit' }]);
  });

  it('would void it were the version not looked at', async () => {
    const id = await shop.store.make();
    const ticket = await reader.cache.ticket(productById, { id });
    const { after } = await shop.store.products.change(id, { name: 'Written through' });
    await reader.cache.write(productById, { id }, after, { ticket });
    await worker.cache.invalidate(productById, { id });

    expect(await reader.readsOf(() => reader.product(id))).toMatchObject([{ outcome: 'miss' }]);
  });
});

describe('stock, users, sessions and categories that another program changes', () => {
  it('are seen within 1 s', async () => {
    const id = await shop.store.make({ stock: 5 });
    const stock = reader.of(stockOfProduct, { productId: id }, () => shop.store.inventory.findById(id));
    await reader.keepNear(stock);

    await shop.plain<{ _id: string; onHand: number }>('stocks').updateOne({ _id: id }, { $set: { onHand: 2 } });

    await until(async () => (await stock())?.available === 2, WITHIN);
  });

  it('takes roles away within 1 s, from the sessions too', async () => {
    const users = shop.plain<Pick<UserDocument, '_id' | 'roles' | 'version' | 'passwordDigest'>>('users');
    await users.insertOne({ _id: 'u1', roles: ['admin'], version: 1, passwordDigest: 'SECRET-DIGEST' });
    const rolesOf = async () => (await users.findOne({ _id: 'u1' }))?.roles ?? [];
    const permissions = reader.of(permissionsOfUser, { userId: 'u1' }, async () => {
      return { userId: 'u1', roles: await rolesOf(), grants: [], version: 1 };
    });
    const session = reader.of(sessionById, { id: 's1' }, async (): Promise<Session> => {
      const user = { id: 'u1', email: 'u1@larder.test', name: 'U', roles: await rolesOf() };
      return { id: 's1', user, createdAt: '', lastAccess: '', expiresAt: '' };
    });
    await shop.settled(worker);
    await reader.keepNear(permissions);
    await reader.keepNear(session);

    await users.updateOne({ _id: 'u1' }, { $set: { roles: ['customer'] } });

    await until(async () => String((await permissions()).roles) === 'customer', WITHIN);
    await until(async () => String((await session()).user.roles) === 'customer', WITHIN);
    expect(shop.logged.join('')).toContain('begins anew'); // so it is read what the worker logs
    expect(shop.logged.join('')).not.toContain('SECRET-DIGEST');
  });

  it('ends a session within 1 s, and lets one live whose refresh token was exchanged', async () => {
    const sessions = shop.plain<Pick<SessionDocument, '_id' | 'revokedAt' | 'refresh'>>('sessions');
    const refresh = { family: 's2', digest: 'one', issuedAt: new Date() };
    await sessions.insertOne({ _id: 's2', revokedAt: null, refresh });
    const session = reader.of(sessionById, { id: 's2' }, async (): Promise<Session | null> => {
      if ((await sessions.findOne({ _id: 's2' }))?.revokedAt) return null;
      const user = { id: 'u2', email: 'u2@larder.test', name: 'U', roles: [] };
      return { id: 's2', user, createdAt: '', lastAccess: '', expiresAt: '' };
    });
    await shop.settled(worker);
    await reader.keepNear(session);
    worker.untrue.length = 0;

    await sessions.updateOne({ _id: 's2' }, { $set: { 'refresh.digest': 'two' } });
    expect(await shop.settled(worker)).toEqual([]);
    await sessions.updateOne({ _id: 's2' }, { $set: { revokedAt: new Date() } });

    await until(async () => (await session()) === null, WITHIN);
  });

  it('drops the index of categories, and a page that said there is none', async () => {
    const redis = connectRedis(shop.redis.url, { role: 'commands' });
    await until(() => redis.status === 'ready', { withinMs: 2_000 });
    const kept = nestCacheStore(redis, seconds(10));
    await kept.set(CATEGORY_INDEX_KEY, { items: [] });
    await reader.keepNear(() => reader.page('rugs'));
    expect(await reader.page('rugs')).toBeNull();

    await shop
      .plain<{ _id: string; name: string; productCount: number }>('categories')
      .insertOne({ _id: 'rugs', name: 'Rugs', productCount: 0 });

    await until(async () => (await reader.page('rugs')) !== null, WITHIN);
    await until(async () => (await kept.get(CATEGORY_INDEX_KEY)) === undefined, WITHIN);
    redis.disconnect();
  });
});
