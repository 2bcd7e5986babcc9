import { Redis } from 'ioredis';
import { openQueue } from './bullmq.mjs';
import { EDIT } from './edits.mjs';
import { larderPart } from './larder.mjs';
import { openWriteLog } from './write-log.mjs';

const BULK = 64;

const openRedis = async (redisUrl, options = {}) => {
  const client = new Redis(redisUrl, options);
  await client.ping();
  return client;
};

/** Ways to accept an event durably: `enqueue(key)` resolves once it is acknowledged; `events` is how many it stands for. */
export const ENQUEUES = {
  larder: async (redisUrl, durability) => {
    const { log, append } = await openWriteLog(redisUrl, durability);
    return {
      one: (id) => append(id, { set: EDIT }),
      view: (id) => append(id, { add: { views: 1 } }),
      close: () => log.close(),
    };
  },
  script: async (redisUrl) => {
    const { LogScript } = await larderPart('write-behind/log-script.js');
    const { logKeys, logPartitionOf } = await larderPart('write-behind/log-keys.js');
    const { written } = await larderPart('write-behind/write-operation.js');
    const append = new LogScript('append');
    const client = await openRedis(redisUrl);
    const { shape, values } = written('product', { set: EDIT });
    return {
      one: (id) => {
        const name = `product:${id}`;
        const partition = logPartitionOf(name);
        const keys = [logKeys.sequence(partition), logKeys.log(partition), logKeys.counts(partition)];
        keys.push(logKeys.pending(name), logKeys.claimed(name));
        return append.run(client, keys, [1, 1, '', '', ...shape, JSON.stringify({ id }), 1, ...values]);
      },
      close: () => client.disconnect(),
    };
  },
  xadd: async (redisUrl) => {
    const client = await openRedis(redisUrl, { enableAutoPipelining: true });
    const text = JSON.stringify(EDIT);
    return { one: (id) => client.xadd('events', '*', 'id', id, 'members', text), close: () => client.disconnect() };
  },
  multi: async (redisUrl) => {
    const client = await openRedis(redisUrl);
    const text = JSON.stringify(EDIT);
    return {
      one: (id) => client.multi().set(`pending:${id}`, text).xadd('events', '*', 'id', id, 'members', text).exec(),
      close: () => client.disconnect(),
    };
  },
  add: async (redisUrl) => {
    const queue = await openQueue(redisUrl);
    return { one: (id) => queue.add('edit', { id, ...EDIT }), close: () => queue.close() };
  },
  addBulk: async (redisUrl) => {
    const queue = await openQueue(redisUrl);
    const jobs = (id) => Array.from({ length: BULK }, () => ({ name: 'edit', data: { id, ...EDIT } }));
    return { one: (id) => queue.addBulk(jobs(id)), events: BULK, close: () => queue.close() };
  },
};
