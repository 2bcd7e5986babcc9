import { inFlight } from '../harness/loop.mjs';
import { keysOf } from '../subjects/payload.mjs';
import { openGet, SHARED_KEYS, sharedReaders } from '../subjects/shared-readers.mjs';

const alone = (open) => async (context) => {
  const { read, close } = await open(context);
  const keys = keysOf(SHARED_KEYS);
  return { measure: (forMs) => inFlight(read, keys, { width: 1, forMs }), close };
};

const readers = sharedReaders(false);

export default {
  row: 3,
  name: 'shared-hit-lone',
  title: 'Shared hit, one at a time',
  setting: '4,096 products of 1 KB in Redis on loopback, no near store, one read after the other.',
  rounds: 9,
  figures: { wall: 'ns', cpu: 'ns CPU' },
  cases: {
    larder: {
      label: 'Larder',
      note: '`cache.read` of a region without near copies, decoded.',
      open: alone(readers.larder),
    },
    get: {
      label: 'ioredis GET',
      isLimit: true,
      note: 'Undecoded.',
      open: alone(({ redisUrl }) => openGet(redisUrl)),
    },
    'layered-loader': {
      label: 'layered-loader',
      note: 'RedisCache alone, `json`.',
      open: alone(readers['layered-loader']),
    },
    bentocache: { label: 'BentoCache', note: 'Redis alone, `getOrSet`.', open: alone(readers.bentocache) },
    'cache-manager': {
      label: 'cache-manager',
      note: '@keyv/redis alone, `wrap`.',
      open: alone(readers['cache-manager']),
    },
    cacheable: { label: 'cacheable', note: '@keyv/redis as primary, `getOrSet`.', open: alone(readers.cacheable) },
  },
  results: [{ name: 'shared-hit-lone', figure: 'wall', goals: [{ against: 'get', most: 1.15 }] }],
};
