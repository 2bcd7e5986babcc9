import { Redis } from 'ioredis';
import { BasicClientSideCache, createClient } from 'redis';
import { openBentoCache } from './bentocache.mjs';
import { openCacheManager } from './cache-manager.mjs';
import { openCacheable } from './cacheable.mjs';
import { openLarder } from './larder.mjs';
import { openLayeredLoader } from './layered-loader.mjs';

/** One load at a time in this process, and nothing else: what no cache can be quicker than. */
const openBare = (redisUrl, load) => {
  const underWay = new Map();
  const read = (key) => {
    let loading = underWay.get(key);
    if (!loading) underWay.set(key, (loading = load(key)));
    return loading;
  };
  return { read };
};

/** `larder` keeps stale values for as long as the table says. */
const openLarderMember = async (redisUrl, load, { ttlMs, graceMs }) => {
  const lifetimes = ttlMs === undefined ? {} : { ttlMs, staleWhileRevalidateMs: graceMs };
  const { cache, region, read } = await openLarder(redisUrl, load, { policy: lifetimes });
  const watched = new Map();
  cache.events.on('invalidated', ({ key }) => watched.get(key)?.());
  const watch = async (key, onGone) => {
    await read(key);
    watched.set(`product.1:${key}`, onGone);
  };
  return { read, watch, write: (key) => cache.invalidate(region, { id: key }) };
};

const openLayeredMember = async (redisUrl, load, { ttlMs, graceMs }) => {
  const window = ttlMs === undefined ? {} : { ttlMs: graceMs, refreshMs: graceMs - ttlMs };
  const { loader, read } = await openLayeredLoader(redisUrl, load, window);
  const watched = new Map();
  const applied = loader.applyRemoteInvalidationFor.bind(loader);
  loader.applyRemoteInvalidationFor = (key) => {
    applied(key);
    watched.get(key)?.();
  };
  const watch = async (key, onGone) => {
    await read(key);
    watched.set(key, onGone);
  };
  return { read, watch, write: (key) => loader.invalidateCacheFor(key) };
};

const openBentoMember = async (redisUrl, load, { ttlMs, graceMs }) => {
  const lifetimes = ttlMs === undefined ? {} : { ttl: ttlMs, grace: graceMs };
  const { cache, read } = await openBentoCache(redisUrl, load, { serialize: true, ...lifetimes });
  const watched = new Map();
  cache.on('bus:message:received', ({ message }) => message.keys?.forEach((key) => watched.get(key)?.()));
  const watch = async (key, onGone) => {
    await read(key);
    watched.set(key, onGone);
  };
  return { read, watch, write: (key) => cache.delete({ key }) };
};

const openCacheManagerMember = (redisUrl, load, { ttlMs, graceMs }) => {
  const window = ttlMs === undefined ? {} : { ttlMs: graceMs, refreshMs: graceMs - ttlMs };
  return openCacheManager(redisUrl, load, { tiers: 'both', ...window });
};

const openTrackingMember = async (redisUrl) => {
  const clientSideCache = new BasicClientSideCache({ ttl: 0, maxEntries: 0, evictPolicy: 'LRU' });
  const client = createClient({ url: redisUrl, RESP: 3, clientSideCache });
  await client.connect();
  let watched = {};
  clientSideCache.on('invalidate', (key) => {
    if (String(key) === watched.key) watched.onGone();
  });
  const watch = async (key, onGone) => {
    await client.set(key, '1');
    await client.get(key);
    watched = { key, onGone };
  };
  return { watch, write: (key) => client.set(key, '2') };
};

const openPublishMember = async (redisUrl) => {
  const [publisher, subscriber] = [new Redis(redisUrl), new Redis(redisUrl)];
  await subscriber.subscribe('invalidations');
  const watched = new Map();
  subscriber.on('message', (channel, key) => watched.get(key)?.());
  return { watch: (key, onGone) => watched.set(key, onGone), write: (key) => publisher.publish('invalidations', key) };
};

/** What a fleet is made of, by the name of a case. */
export const FLEET_SUBJECTS = {
  larder: openLarderMember,
  bare: openBare,
  'layered-loader': openLayeredMember,
  'cache-manager': openCacheManagerMember,
  cacheable: (redisUrl, load) => openCacheable(redisUrl, load),
  bentocache: openBentoMember,
  'node-redis': openTrackingMember,
  publish: openPublishMember,
};
