import { redisInsStore } from 'cache-manager-ioredis-yet';
import { KeyvAdapter, type CacheManagerStore } from 'cache-manager';
import type { Redis } from 'ioredis';
import { Keyv } from 'keyv';

const NAMESPACE = 'larder-nest';

const unlinkScanned = async (client: Redis, pattern: string): Promise<void> => {
  for await (const keys of client.scanStream({ match: pattern, count: 500 }) as AsyncIterable<string[]>) {
    if (keys.length > 0) await client.unlink(keys);
  }
};

const scanned = async (client: Redis, pattern: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const keys of client.scanStream({ match: pattern, count: 500 }) as AsyncIterable<string[]>)
    found.push(...keys);
  return found;
};

/**
 * Nest's `CACHE_MANAGER` over the shared Redis, for code that was written for it. It promises only what cache-manager
 * promises: no leases, no invalidation across processes but by deletion, no service while Redis is away.
 */
export const nestCacheStore = (client: Redis, ttlMs: number): Keyv => {
  const legacy = redisInsStore(client, { ttl: ttlMs }) as unknown as CacheManagerStore;
  const store: CacheManagerStore = {
    name: 'ioredis-yet',
    get: (key) => legacy.get(key),
    set: (key, value, ttl) => legacy.set(key, value, ttl),
    del: (key) => legacy.del(key),
    ttl: (key) => legacy.ttl(key),
    mset: (pairs, ttl) => legacy.mset(pairs, ttl),
    // one key at a time: its own mget answers undefined for keys of several slots
    mget: (...keys) => Promise.all(keys.map((key) => legacy.get(key))),
    mdel: async (...keys) => {
      await Promise.all(keys.map((key) => client.unlink(key)));
    },
    keys: () => scanned(client, `${NAMESPACE}:*`),
    // its own reset is FLUSHDB, which would drop everything else in this Redis
    reset: () => unlinkScanned(client, `${NAMESPACE}:*`),
  };
  return new Keyv({
    store: new KeyvAdapter(store),
    namespace: NAMESPACE,
    useKeyPrefix: true,
    ttl: ttlMs,
    throwOnErrors: true,
  });
};
