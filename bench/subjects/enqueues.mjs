import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { larder, larderPart } from './larder.mjs';

const LOOK_EVERY_MS = 5;
const BULK = 64;
const MEMBERS = { name: 'A product of some name', description: 'x'.repeat(160), amount: 1_999 };

/** As BullMQ's guide for speed asks: nothing is kept of a job that ended, and nobody waits for the ready check. */
const openBull = async (redisUrl) => {
  const { hostname: host, port } = new URL(redisUrl);
  const queue = new Queue(`bench-${process.pid}`, {
    connection: { host, port: Number(port) },
    defaultJobOptions: { removeOnComplete: true, attempts: 5 },
  });
  await queue.waitUntilReady();
  return queue;
};

const openRedis = async (redisUrl, options = {}) => {
  const client = new Redis(redisUrl, options);
  await client.ping();
  return client;
};

/** Ways to accept an event durably: `enqueue(key)` resolves once it is acknowledged; `events` is how many it stands for. */
export const ENQUEUES = {
  larder: async (redisUrl, durability) => {
    const { CacheEvents, defineRegion, hours, WriteBehindLog } = await larder();
    const limits = { maxEntries: 1e9, maxBytes: 4e9 };
    const log = new WriteBehindLog({ url: redisUrl, durability, isTrusted: false, ...limits }, new CacheEvents());
    while (log.unavailableFor !== undefined) await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    const region = defineRegion({ name: 'product', version: 1, key: ({ id }) => id, ttlMs: hours(24) });
    return {
      one: (id) => log.append(region, { id }, { set: MEMBERS }),
      view: (id) => log.append(region, { id }, { add: { views: 1 } }),
      close: () => log.close(),
    };
  },
  script: async (redisUrl) => {
    const { LogScript } = await larderPart('write-behind/log-script.js');
    const { logKeys, logPartitionOf } = await larderPart('write-behind/log-keys.js');
    const { operationArguments } = await larderPart('write-behind/write-operation.js');
    const append = new LogScript('append');
    const client = await openRedis(redisUrl);
    const members = operationArguments('product', { set: MEMBERS });
    return {
      one: (id) => {
        const name = `product:${id}`;
        const partition = logPartitionOf(name);
        const keys = [logKeys.sequence(partition), logKeys.log(partition), logKeys.counts(partition)];
        keys.push(logKeys.pending(name), logKeys.claimed(name));
        return append.run(client, keys, [1, JSON.stringify({ id }), 1, '', '', ...members]);
      },
      close: () => client.disconnect(),
    };
  },
  xadd: async (redisUrl) => {
    const client = await openRedis(redisUrl, { enableAutoPipelining: true });
    const text = JSON.stringify(MEMBERS);
    return { one: (id) => client.xadd('events', '*', 'id', id, 'members', text), close: () => client.disconnect() };
  },
  multi: async (redisUrl) => {
    const client = await openRedis(redisUrl);
    const text = JSON.stringify(MEMBERS);
    return {
      one: (id) => client.multi().set(`pending:${id}`, text).xadd('events', '*', 'id', id, 'members', text).exec(),
      close: () => client.disconnect(),
    };
  },
  add: async (redisUrl) => {
    const queue = await openBull(redisUrl);
    return { one: (id) => queue.add('edit', { id, ...MEMBERS }), close: () => queue.close() };
  },
  addBulk: async (redisUrl) => {
    const queue = await openBull(redisUrl);
    const jobs = (id) => Array.from({ length: BULK }, () => ({ name: 'edit', data: { id, ...MEMBERS } }));
    return { one: (id) => queue.addBulk(jobs(id)), events: BULK, close: () => queue.close() };
  },
};
