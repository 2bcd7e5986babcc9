import { createCache } from 'async-cache-dedupe';
import { cachified } from '@epic-web/cachified';
import { LRUCache } from 'lru-cache';
import { createClient } from 'redis';

const HOUR_MS = 3_600_000;

export const openLruFetch = (load, max) => {
  const cache = new LRUCache({ max, ttl: HOUR_MS, fetchMethod: load });
  return { read: (key) => cache.fetch(key), close: () => cache.clear() };
};

/** In memory; a key that is a string is its own serialization. */
export const openDedupe = (load, size) => {
  const cache = createCache({ ttl: HOUR_MS / 1_000, storage: { type: 'memory', options: { size } } });
  cache.define('product', { serialize: (key) => key }, load);
  return { read: (key) => cache.product(key), close: () => undefined };
};

/** Over lru-cache, as its README puts them together. */
export const openCachified = (load, max) => {
  const lru = new LRUCache({ max });
  const cache = {
    set: (key, value) =>
      lru.set(key, value, { ttl: value.metadata.ttl ?? undefined, start: value.metadata.createdTime }),
    get: (key) => lru.get(key),
    delete: (key) => lru.delete(key),
  };
  return {
    read: (key) => cachified({ key, cache, ttl: HOUR_MS, getFreshValue: () => load(key) }),
    close: () => lru.clear(),
  };
};

/** The client-side cache of node-redis over RESP3; it keeps replies, so the value is decoded at each read. */
export const openTracking = async (redisUrl) => {
  const client = createClient({
    url: redisUrl,
    RESP: 3,
    clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: 'LRU' },
  });
  await client.connect();
  return {
    client,
    read: async (key) => JSON.parse(await client.get(`nr:${key}`)),
    fill: (key, value) => client.set(`nr:${key}`, JSON.stringify(value)),
    close: () => client.destroy(),
  };
};
