import KeyvRedis from '@keyv/redis';
import { createCache } from 'cache-manager';
import { CacheableMemory } from 'cacheable';
import { Keyv } from 'keyv';

const HOUR_MS = 3_600_000;

/**
 * `tiers` is 'memory', 'redis' or both: by itself the memory that `createCache` makes, the quickest that is documented;
 * with Redis below it the quick start's pair, CacheableMemory ("high performance") and @keyv/redis.
 */
export const openCacheManager = async (redisUrl, load, { tiers, ttlMs = HOUR_MS, refreshMs } = {}) => {
  const stores = [];
  if (tiers === 'both') stores.push(new Keyv({ store: new CacheableMemory({ ttl: ttlMs, lruSize: 10_000 }) }));
  if (tiers !== 'memory') stores.push(new Keyv({ store: new KeyvRedis(redisUrl), namespace: 'cm' }));
  const refresh = refreshMs === undefined ? {} : { refreshThreshold: refreshMs };
  const cache = createCache({ ...(tiers === 'memory' ? {} : { stores }), ttl: ttlMs, ...refresh });
  return {
    cache,
    read: (key) => cache.wrap(key, () => load(key)),
    close: () => cache.disconnect(),
  };
};
