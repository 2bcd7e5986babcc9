import KeyvRedis, { createKeyvNonBlocking } from '@keyv/redis';
import { Cacheable } from 'cacheable';

/** Tiers with `nonBlocking` as its documentation advises for speed, or Redis alone. */
export const openCacheable = async (redisUrl, load, { near = true } = {}) => {
  const cache = near
    ? new Cacheable({ secondary: createKeyvNonBlocking(redisUrl), nonBlocking: true, ttl: '1h' })
    : new Cacheable({ primary: new KeyvRedis(redisUrl), ttl: '1h' });
  return { cache, read: (key) => cache.getOrSet(key, () => load(key)), close: () => cache.disconnect() };
};
