import { CacheEvents, type FlushOutcome, type PendingWrite } from '@larder/caching';
import { setTimeout as wait } from 'node:timers/promises';
import { sinkWith } from './breakage.js';
import { startCaching } from './cached.products.js';
import { logFor } from './log.js';
import { type FaultPoint, onOrder, say, startOf } from './orders.js';
import { connectMongo, PRODUCTS, products, THROWS } from './products.js';

const start = startOf(process.argv[2]);
const database = await connectMongo(start.mongoUrl, start.isPatient === true ? 'patient' : 'quick');
const caching = start.cacheUrl === undefined ? undefined : await startCaching(start, start.cacheUrl, database);
const events = caching?.cache.events ?? new CacheEvents();
const log = caching?.log ?? logFor(start, events);
const sink = caching?.sink ?? sinkWith(start.breakage, database, PRODUCTS);
let armed: { point: FaultPoint; signal: 'SIGKILL' | 'SIGSTOP' } | undefined;
let isOver = false as boolean;

/** Answers whether the fault was made here and is over, this process having been frozen by it. */
const reach = async (point: FaultPoint): Promise<boolean> => {
  if (armed?.point !== point) return false;
  const { signal } = armed;
  armed = undefined;
  // said before the end: a signal to oneself is taken before the next turn
  await new Promise<void>((resolve) => process.send?.({ at: point }, () => resolve()));
  process.kill(process.pid, signal);
  await new Promise((resolve) => setImmediate(resolve));
  return true;
};

const apply = sink.apply.bind(sink);
sink.apply = async (writes: readonly PendingWrite[]): Promise<readonly FlushOutcome[]> => {
  if (writes.some(({ set }) => set['a'] === THROWS)) throw new TypeError(THROWS);
  const wasFrozen = await reach('before the bulk');
  const outcomes = await apply(writes);
  if (wasFrozen) say({ at: 'after the bulk' });
  await reach('after the bulk');
  return outcomes;
};

/** Ends in order: what is being flushed is finished. */
const stop = (): void => {
  isOver = true;
};

events.on('fault', ({ during, cause }) => say({ fault: `${during}: ${String(cause)}` }));
onOrder((order) => {
  if (order.order === 'arm') armed = order;
  if (order.order === 'stop') stop();
});
process.on('SIGTERM', stop);
if (!caching) log.register(products, sink);
say('ready');
while (!isOver) {
  await log.flush().catch((error: unknown) => say({ fault: `flush: ${String(error)}` }));
  await wait(start.everyMs);
}
log.close();
await caching?.close();
await database.close();
process.disconnect();
