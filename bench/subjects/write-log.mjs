import { larder } from './larder.mjs';

const LOOK_EVERY_MS = 5;

/** A write log of products with room for whatever is put into it, once it takes writes. */
export const openWriteLog = async (redisUrl, durability) => {
  const { CacheEvents, defineRegion, hours, WriteBehindLog } = await larder();
  const limits = { maxEntries: 1e9, maxBytes: 4e9 };
  const log = new WriteBehindLog({ url: redisUrl, durability, isTrusted: false, ...limits }, new CacheEvents());
  while (log.unavailableFor !== undefined) await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  const region = defineRegion({ name: 'product', version: 1, key: ({ id }) => id, ttlMs: hours(24) });
  return { log, region, append: (id, operation) => log.append(region, { id }, operation) };
};
