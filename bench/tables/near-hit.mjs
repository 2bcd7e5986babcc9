import { repeated } from '../harness/loop.mjs';
import { openBentoCache } from '../subjects/bentocache.mjs';
import { openCacheManager } from '../subjects/cache-manager.mjs';
import { openCacheable } from '../subjects/cacheable.mjs';
import { openLarder } from '../subjects/larder.mjs';
import { openLayeredLoader } from '../subjects/layered-loader.mjs';
import { openCachified, openDedupe, openLruFetch, openTracking } from '../subjects/others.mjs';
import { keysOf, loadProduct, productOf } from '../subjects/payload.mjs';

const RESIDENT = 1_024;

/** A measurement of `await read(key)` over the resident keys, all of which were read before. */
const awaiting = async ({ read, close }) => {
  const keys = keysOf(RESIDENT);
  let at = 0;
  const work = async (count) => {
    for (let done = 0; done < count; done += 1) {
      if ((await read(keys[at])) === undefined) throw new Error(`${keys[at]} is not there.`);
      at = (at + 1) & (RESIDENT - 1);
    }
  };
  await work(RESIDENT);
  return { measure: (forMs) => repeated(work, forMs), close };
};

const openMap = () => {
  const map = new Map(keysOf(RESIDENT).map((key, number) => [key, productOf(number)]));
  const read = async (key) => map.get(key);
  return awaiting({ read, close: () => undefined });
};

const openFilledTracking = async (redisUrl) => {
  const tracking = await openTracking(redisUrl);
  await Promise.all(keysOf(RESIDENT).map((key, number) => tracking.fill(key, productOf(number))));
  return awaiting(tracking);
};

export default {
  row: 2,
  name: 'near-hit',
  title: 'Near hit, awaited',
  setting: '1,024 resident products of 1 KB, `await read(key)`, one after the other.',
  rounds: 5,
  figures: { cpu: 'ns CPU', wall: 'ns' },
  cases: {
    larder: {
      label: 'Larder',
      note: '`cache.read(region, { id })`, the shipped defaults.',
      open: async ({ redisUrl }) => awaiting(await openLarder(redisUrl, loadProduct)),
    },
    map: { label: 'async function over a Map', isLimit: true, note: 'No lifetime, no room.', open: openMap },
    'lru-cache': {
      label: 'lru-cache fetch',
      note: '`fetchMethod`, `max`, `ttl`; one tier.',
      open: () => awaiting(openLruFetch(loadProduct, 10_000)),
    },
    'layered-loader': {
      label: 'layered-loader',
      note: '`get`; `lru-map`, RedisCache and a notification pair.',
      open: async ({ redisUrl }) => awaiting(await openLayeredLoader(redisUrl, loadProduct)),
    },
    'async-cache-dedupe': {
      label: 'async-cache-dedupe',
      note: 'Storage `memory`, the key as its own serialization.',
      open: () => awaiting(openDedupe(loadProduct, 10_000)),
    },
    'cache-manager': {
      label: 'cache-manager, memory',
      note: '`wrap`, the memory of a bare `createCache()`: no bound on entries.',
      open: async ({ redisUrl }) => awaiting(await openCacheManager(redisUrl, loadProduct, { tiers: 'memory' })),
    },
    'cache-manager-tiers': {
      label: 'cache-manager, tiers',
      note: '`wrap` over CacheableMemory with `lruSize` and @keyv/redis, its quick start for two layers.',
      open: async ({ redisUrl }) => awaiting(await openCacheManager(redisUrl, loadProduct, { tiers: 'both' })),
    },
    'node-redis': {
      label: 'node-redis client-side cache',
      note: 'RESP3, `clientSideCache`; the reply is parsed at each read.',
      open: ({ redisUrl }) => openFilledTracking(redisUrl),
    },
    cacheable: {
      label: 'cacheable',
      note: '`getOrSet`; `createKeyvNonBlocking` as secondary, `nonBlocking`.',
      open: async ({ redisUrl }) => awaiting(await openCacheable(redisUrl, loadProduct)),
    },
    cachified: {
      label: 'cachified',
      note: 'Over lru-cache.',
      open: () => awaiting(openCachified(loadProduct, 10_000)),
    },
    bentocache: {
      label: 'BentoCache',
      note: '`getOrSet`; memory with `serialize: false`, Redis and bus.',
      open: async ({ redisUrl }) => awaiting(await openBentoCache(redisUrl, loadProduct)),
    },
  },
  results: [
    {
      name: 'near-hit',
      figure: 'cpu',
      goals: [
        { against: 'map', most: 1.3 },
        { against: 'layered-loader', most: 0.9 },
        { against: 'cache-manager', faster: 12 },
        { against: 'cache-manager-tiers', faster: 150 },
        { against: 'cacheable', faster: 25 },
        { against: 'bentocache', faster: 45 },
      ],
    },
  ],
};
