import type { CachingOptions } from '../caching.options.js';
import type { Cache } from '../cache/cache.js';
import { Preloading } from './preloading.js';

/** Cache-ahead in this process, by its options; without a Redis that does not evict there is none. */
export const preloadingOf = ({ queueRedisUrl, aheadClock }: CachingOptions, cache: Cache): Preloading | null =>
  queueRedisUrl === undefined
    ? null
    : new Preloading({ url: queueRedisUrl, ...(aheadClock && { clock: aheadClock }) }, cache);
