import KeyvRedis from '@keyv/redis';
import { createCache } from 'cache-manager';
import { KeyvCacheableMemory } from 'cacheable';
import { Keyv } from 'keyv';

const HOUR_MS = 3_600_000;

const memory = () => new Keyv({ store: new KeyvCacheableMemory({ lruSize: 10_000 }) });

/** `tiers` is 'memory', 'redis' or both; memory is CacheableMemory, "high performance" in its documentation. */
export const openCacheManager = async (redisUrl, load, { tiers, ttlMs = HOUR_MS, refreshMs } = {}) => {
  const stores = [];
  if (tiers !== 'redis') stores.push(memory());
  if (tiers !== 'memory') stores.push(new Keyv({ store: new KeyvRedis(redisUrl), namespace: 'cm' }));
  const refresh = refreshMs === undefined ? {} : { refreshThreshold: refreshMs };
  const cache = createCache({ stores, ttl: ttlMs, ...refresh });
  return {
    cache,
    read: (key) => cache.wrap(key, () => load(key)),
    close: () => cache.disconnect(),
  };
};
