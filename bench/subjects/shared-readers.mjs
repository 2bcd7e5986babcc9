import { Redis } from 'ioredis';
import { openBentoCache } from './bentocache.mjs';
import { openCacheManager } from './cache-manager.mjs';
import { openCacheable } from './cacheable.mjs';
import { openLarder } from './larder.mjs';
import { openLayeredLoader } from './layered-loader.mjs';
import { keysOf, loadProduct, productOf } from './payload.mjs';

export const SHARED_KEYS = 4_096;
const CHUNK = 256;

/** Reads every key once, some at a time, so that each is in Redis. */
const filledBy = async (subject) => {
  const keys = keysOf(SHARED_KEYS);
  for (let from = 0; from < keys.length; from += CHUNK) {
    await Promise.all(keys.slice(from, from + CHUNK).map((key) => subject.read(key)));
  }
  return subject;
};

const openRaw = async (redisUrl, pipelined) => {
  const client = new Redis(redisUrl, { enableAutoPipelining: pipelined });
  const pairs = keysOf(SHARED_KEYS).flatMap((key, number) => [`raw:${key}`, JSON.stringify(productOf(number))]);
  await client.mset(pairs);
  return { client, close: () => client.disconnect() };
};

/** `GET` of ioredis, the answer as it came. */
export const openGet = async (redisUrl, { pipelined = false } = {}) => {
  const { client, close } = await openRaw(redisUrl, pipelined);
  return { read: (key) => client.get(`raw:${key}`), close };
};

/** The reads of one tick in one `MGET`, decoded. */
export const openMget = async (redisUrl) => {
  const { client, close } = await openRaw(redisUrl, false);
  let waiting = [];
  const send = async () => {
    const reads = waiting;
    waiting = [];
    const replies = await client.mget(reads.map(({ key }) => key));
    reads.forEach(({ resolve }, at) => resolve(JSON.parse(replies[at])));
  };
  const read = (key) =>
    new Promise((resolve) => {
      if (waiting.length === 0) process.nextTick(() => void send());
      waiting.push({ key: `raw:${key}`, resolve });
    });
  return { read, close };
};

/** Every library that keeps values in Redis, without its near store. `pipelined` is for those that take an ioredis client. */
export const sharedReaders = (pipelined) => ({
  larder: async ({ redisUrl }) => filledBy(await openLarder(redisUrl, loadProduct, { policy: { near: false } })),
  'layered-loader': async ({ redisUrl }) =>
    filledBy(await openLayeredLoader(redisUrl, loadProduct, { near: false, pipelined })),
  bentocache: async ({ redisUrl }) => filledBy(await openBentoCache(redisUrl, loadProduct, { near: false, pipelined })),
  'cache-manager': async ({ redisUrl }) => filledBy(await openCacheManager(redisUrl, loadProduct, { tiers: 'redis' })),
  cacheable: async ({ redisUrl }) => filledBy(await openCacheable(redisUrl, loadProduct, { near: false })),
});
