import { Redis } from 'ioredis';
import { createConnection } from 'mongoose';
import { openQueue, openWorker } from './bullmq.mjs';
import { EDIT } from './edits.mjs';
import { larder } from './larder.mjs';
import { productOf } from './payload.mjs';
import { openWriteLog } from './write-log.mjs';

const READ = 256;
const BULK = 500;
const PORTION = 64;
const CONCURRENCY = 64;

/** A part of Redis of its own: two logs in one would flush each other's writes. */
const apart = (redisUrl, database) => `${redisUrl}/${database}`;

/** `count` products in a collection of this process's own, and the connection to it. */
const openProducts = async (mongoUrl, ids) => {
  const database = await createConnection(mongoUrl).asPromise();
  const products = database.collection(`products-${process.pid}`);
  await products.insertMany(ids.map((id, number) => ({ _id: id, ...productOf(number) })));
  return { database, products };
};

/** Of a log with a sink: `fill` puts an edit of each product into it, `drain` has it flushed. */
const drained = async ({ log, region, append }, sink, ids) => {
  log.register(region, sink);
  const drain = async () => {
    for (let flushed = 0; flushed < ids.length;) flushed += await log.flush();
  };
  return { fill: () => Promise.all(ids.map((id) => append(id, { set: EDIT }))), drain, close: () => log.close() };
};

/** Ways to work off what waits: `fill()` puts an event of each of `ids` there, `drain()` resolves once all have ended. */
export const DRAINS = {
  larder: async ({ redisUrl }, ids) => {
    const { WriteSink } = await larder();
    const applied = { state: 'applied' };
    class NoSink extends WriteSink {
      apply = (writes) => Promise.resolve(writes.map(() => applied));
      isUnavailable = () => false;
      overlaid = (value) => value;
    }
    return drained(await openWriteLog(apart(redisUrl, 1), 'durable'), new NoSink(), ids);
  },
  mongo: async ({ redisUrl, mongoUrl }, ids) => {
    const { MongoSink } = await larder();
    const { database, products } = await openProducts(mongoUrl, ids);
    const subject = await drained(
      await openWriteLog(apart(redisUrl, 2), 'durable'),
      new MongoSink(() => products),
      ids,
    );
    const close = async () => {
      await subject.close();
      await database.close();
    };
    return { ...subject, close };
  },
  readGroup: async ({ redisUrl }, ids) => {
    const client = new Redis(redisUrl, { enableAutoPipelining: true });
    const stream = `events-${process.pid}`;
    await client.xgroup('CREATE', stream, 'group', '0', 'MKSTREAM');
    const text = JSON.stringify(EDIT);
    const fill = async () => {
      await client.xtrim(stream, 'MAXLEN', 0);
      await Promise.all(ids.map((id) => client.xadd(stream, '*', 'id', id, 'members', text)));
    };
    const drain = async () => {
      for (let ended = 0; ended < ids.length;) {
        const [[, entries]] = await client.xreadgroup('GROUP', 'group', 'one', 'COUNT', READ, 'STREAMS', stream, '>');
        ended += await client.xack(stream, 'group', ...entries.map(([entry]) => entry));
      }
    };
    return { fill, drain, close: () => client.disconnect() };
  },
  bulkWrite: async ({ mongoUrl }, ids) => {
    const { database, products } = await openProducts(mongoUrl, ids);
    let applied = 0;
    const drain = async () => {
      applied += 1;
      for (let at = 0; at < ids.length; at += BULK) {
        const update = { $set: { ...EDIT, 'log.applied': applied }, $inc: { version: 1 } };
        const updates = ids.slice(at, at + BULK).map((_id) => ({ updateOne: { filter: { _id }, update } }));
        await products.bulkWrite(updates, { ordered: false });
      }
    };
    return { fill: () => Promise.resolve(), drain, close: () => database.close() };
  },
  bullmq: async ({ redisUrl }, ids) => {
    const queue = await openQueue(redisUrl);
    let ended = () => undefined;
    const worker = await openWorker(redisUrl, queue, () => Promise.resolve(), CONCURRENCY);
    worker.on('completed', () => ended());
    const fill = async () => {
      for (let at = 0; at < ids.length; at += PORTION)
        await queue.addBulk(ids.slice(at, at + PORTION).map((id) => ({ name: 'edit', data: { id, ...EDIT } })));
    };
    const drain = async () => {
      let left = ids.length;
      const all = new Promise((resolve) => {
        ended = () => (left -= 1) === 0 && resolve();
      });
      worker.resume();
      await all;
      await worker.pause();
    };
    const close = async () => {
      await worker.close();
      await queue.close();
    };
    return { fill, drain, close };
  },
};
