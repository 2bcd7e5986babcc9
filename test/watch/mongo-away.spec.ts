import type { LocalServer } from '@larder/local-servers';
import type { ProductDocument } from '../../libs/shop/src/product/product.document.js';
import { usd } from '../shop/shop.store.js';
import { aMongo } from '../support/local.server.js';
import { until } from '../support/until.js';
import { WatchedShop } from './watched.shop.js';

const { MONGODB_URI } = process.env;

let mongo: LocalServer;
let shop: WatchedShop;

beforeAll(async () => {
  mongo = await aMongo();
  process.env['MONGODB_URI'] = mongo.url;
  shop = await WatchedShop.open(import.meta.filename);
});
afterAll(async () => {
  await shop.close();
  await mongo.stop();
  process.env['MONGODB_URI'] = MONGODB_URI;
});

describe('a MongoDB that is killed and comes back', () => {
  it('is watched on from where the worker was, and the worker lives', async () => {
    const worker = await shop.startWorker();
    const reader = await shop.startReader();
    const id = await shop.store.make();
    await reader.keepNear(() => reader.product(id));
    await shop.settled(worker);
    worker.untrue.length = 0;

    await mongo.kill('SIGKILL');
    await until(() => shop.logged.some((line) => line.includes('The change stream broke off')), { withinMs: 15_000 });
    await mongo.restart();
    await shop.plain<ProductDocument>('products').updateOne({ _id: id }, { $set: { price: usd(60) } });

    await until(async () => (await reader.amountOf(id)) === 60, { withinMs: 15_000 });
    expect(worker.untrue.filter((key) => key.startsWith('all of'))).toEqual([]);
  }, 60_000);
});

describe('a worker that starts before MongoDB', () => {
  it('watches once it is there', async () => {
    await shop.stopWorkers();
    await mongo.kill('SIGKILL');
    const worker = await shop.launchWorker();
    await until(() => shop.logged.some((line) => line.includes('cannot be used now')), { withinMs: 15_000 });

    await mongo.restart();
    const id = await shop.store.make();

    await until(() => worker.untrue.includes(`product.1:${id}`), { withinMs: 15_000 });
  }, 60_000);
});
