import { Redis } from 'ioredis';
import { createNotificationPair, Loader, RedisCache } from 'layered-loader';

const MINUTE_MS = 60_000;

/** The in-memory tier alone, as its "Synchronous short-circuit" reads it. */
export const openNearLayeredLoader = (load, maxItems) =>
  new Loader({
    inMemoryCache: { cacheType: 'lru-map', ttlInMsecs: 10 * MINUTE_MS, maxItems },
    dataSourceGetOneFn: load,
  });

/** Its tiers; with both of them, the pair of publisher and consumer that its documentation asks for. */
export const openLayeredLoader = async (
  redisUrl,
  load,
  { near = true, pipelined = false, ttlMs = 60 * MINUTE_MS, refreshMs } = {},
) => {
  const clients = [new Redis(redisUrl, { enableAutoPipelining: pipelined })];
  const tiers = { dataSourceGetOneFn: load };
  const refresh = refreshMs === undefined ? {} : { ttlLeftBeforeRefreshInMsecs: refreshMs };
  if (near) {
    clients.push(new Redis(redisUrl), new Redis(redisUrl));
    const [, consumerRedis, publisherRedis] = clients;
    const pair = createNotificationPair({ channel: 'products', consumerRedis, publisherRedis });
    tiers.inMemoryCache = {
      cacheType: 'lru-map',
      ttlInMsecs: Math.min(ttlMs, 10 * MINUTE_MS),
      maxItems: 10_000,
      ...refresh,
    };
    tiers.notificationConsumer = pair.consumer;
    tiers.notificationPublisher = pair.publisher;
  }
  const asyncCache = new RedisCache(clients[0], { json: true, prefix: 'll', ttlInMsecs: ttlMs, ...refresh });
  const loader = new Loader({ ...tiers, asyncCache });
  await loader.init();
  return { loader, read: (key) => loader.get(key), close: () => clients.forEach((client) => client.disconnect()) };
};
