import { setTimeout as wait } from 'node:timers/promises';
import { randomFrom } from '../../support/random.js';
import type { Result } from '../history/history.js';
import { HistoryFile } from '../history/history.file.js';
import { sinkWith } from './breakage.js';
import { startCaching } from './cached.products.js';
import { logFor } from './log.js';
import { onOrder, say, startOf } from './orders.js';
import { connectMongo, type Kept, nameOf, PRODUCTS, products, wholesOf } from './products.js';

/** One process writes the prices of all keys, so that a key's come one after the other. */
const LANES = 4;
const EVERY_MS = 20;

const start = startOf(process.argv[2]);
const database = await connectMongo(start.mongoUrl);
const caching = start.cacheUrl === undefined ? undefined : await startCaching(start, start.cacheUrl, database);
const log = caching?.log ?? logFor(start);
const collection = database.collection<Kept>(PRODUCTS);
const history = new HistoryFile(start.folder, start.name);
const random = randomFrom(start.seed);
let isOver = false;
let serial = 0;

const changePrice = async (key: string): Promise<void> => {
  const price = (serial += 1);
  const isSettled = caching !== undefined || random() < 0.5;
  const operation = history.begin(key, { kind: 'price', price, isSettled });
  let result: Result = 'fail';
  try {
    if (isSettled && !caching) await log.settle(products, { id: key });
    result = 'unknown';
    if (caching) await caching.products.changePrice({ id: key }, price);
    else await collection.updateOne({ _id: key }, { $set: { price }, $inc: { version: 1 } } as object);
    result = 'ok';
  } catch (error) {
    say({ fault: `price: ${String(error)}` });
  }
  history.end(operation.serial, result);
};

const lane = async (own: number): Promise<void> => {
  while (!isOver) {
    const number = Math.floor(random() * start.keys);
    const key = number - (number % LANES) + own;
    if (key >= wholesOf(start.keys) && key < start.keys) await changePrice(nameOf(key, start.keys));
    await wait(EVERY_MS);
  }
};

onOrder(({ order }) => {
  if (order === 'stop') isOver = true;
});
if (!caching) log.register(products, sinkWith(start.breakage, database, PRODUCTS));
say('ready');
await Promise.all(Array.from({ length: LANES }, (_, own) => lane(own)));
history.close();
log.close();
await caching?.close();
await database.close();
process.disconnect();
