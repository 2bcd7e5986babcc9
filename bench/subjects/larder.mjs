import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../dist/libs/caching/src', import.meta.url));

/** Larder through its public door, as it was built. */
export const larder = () => import(join(BUILT, 'index.js'));
/** One built file of it, for what is measured by itself. */
export const larderPart = (path) => import(join(BUILT, path));

const LOOK_EVERY_MS = 5;

/** Resolves once the cache trusts its shared store and has read the bus. */
export const untilReady = async (cache) => {
  while (!cache.isAvailable || cache.busLagMs > 100) await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
};

/**
 * A cache with the shipped defaults and a region of products. `policy` is what the table needs otherwise.
 */
export const openLarder = async (redisUrl, load, { policy = {}, options = {} } = {}) => {
  const { Cache, defineRegion, hours } = await larder();
  const cache = new Cache({ redisUrl, ...options });
  const region = defineRegion({ name: 'product', version: 1, key: ({ id }) => id, ttlMs: hours(24), ...policy });
  cache.register(region, ({ id }, context) => load(id, context));
  await untilReady(cache);
  return { cache, region, read: (id) => cache.read(region, { id }), close: () => cache.close() };
};
