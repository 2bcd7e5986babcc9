import type { CachingOptions } from '../caching.options.js';
import type { Cache } from '../cache/cache.js';
import { WriteBehindLog } from './write-behind-log.js';

const DEFAULTS = { durability: 'durable', isTrusted: false, maxEntries: 1_000_000, maxBytes: 256 * 1_048_576 } as const;

/** The write log of a process, by its options; without a Redis for it there is none. */
export const writeBehindLogOf = (
  { queueRedisUrl, writeLog }: CachingOptions,
  { events }: Cache,
): WriteBehindLog | null =>
  queueRedisUrl === undefined ? null : new WriteBehindLog({ url: queueRedisUrl, ...DEFAULTS, ...writeLog }, events);
