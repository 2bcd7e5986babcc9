import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { Redis } from 'ioredis';

/** Memory that keeps objects (`serialize`), Redis and the bus; or Redis alone. */
export const openBentoCache = async (
  redisUrl,
  load,
  { near = true, pipelined = false, serialize = false, ttl = '1h', grace = false } = {},
) => {
  const { hostname: host, port } = new URL(redisUrl);
  const connection = new Redis(redisUrl, { enableAutoPipelining: pipelined });
  let store = bentostore().useL2Layer(redisDriver({ connection }));
  if (near) {
    store = store
      .useL1Layer(memoryDriver({ maxItems: 10_000, serialize }))
      .useBus(redisBusDriver({ connection: { host, port: Number(port) } }));
  }
  const cache = new BentoCache({ default: 'products', ttl, grace, stores: { products: store } });
  return {
    cache,
    read: (key) => cache.getOrSet({ key, factory: () => load(key) }),
    close: () => cache.disconnectAll(),
  };
};
