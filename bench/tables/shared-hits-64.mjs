import { inFlight } from '../harness/loop.mjs';
import { keysOf } from '../subjects/payload.mjs';
import { openGet, openMget, SHARED_KEYS, sharedReaders } from '../subjects/shared-readers.mjs';

const WIDTH = 64;

const crowded = (open) => async (context) => {
  const { read, close } = await open(context);
  const keys = keysOf(SHARED_KEYS);
  return { measure: (forMs) => inFlight(read, keys, { width: WIDTH, forMs }), close };
};

const readers = sharedReaders(true);

export default {
  row: 4,
  name: 'shared-hits-64',
  title: 'Shared hits, 64 in flight',
  setting: '4,096 products of 1 KB in Redis on loopback, no near store, 64 reads under way at any time.',
  rounds: 5,
  figures: { perSecond: 'a second', cpu: 'ns CPU' },
  isMoreBetter: true,
  cases: {
    larder: {
      label: 'Larder',
      note: '`cache.read` of a region without near copies, decoded.',
      open: crowded(readers.larder),
    },
    get: {
      label: 'ioredis GET, auto-pipelined',
      isLimit: true,
      note: 'Undecoded.',
      open: crowded(({ redisUrl }) => openGet(redisUrl, { pipelined: true })),
    },
    mget: {
      label: 'one MGET a tick',
      isLimit: true,
      note: 'Bare, decoded.',
      open: crowded(({ redisUrl }) => openMget(redisUrl)),
    },
    'layered-loader': {
      label: 'layered-loader',
      note: 'RedisCache alone, `json`, auto-pipelining.',
      open: crowded(readers['layered-loader']),
    },
    bentocache: { label: 'BentoCache', note: 'Redis alone, auto-pipelining.', open: crowded(readers.bentocache) },
    'cache-manager': {
      label: 'cache-manager',
      note: '@keyv/redis alone; node-redis pipelines by itself.',
      open: crowded(readers['cache-manager']),
    },
    cacheable: { label: 'cacheable', note: '@keyv/redis as primary, `getOrSet`.', open: crowded(readers.cacheable) },
  },
  results: [
    {
      name: 'shared-hits-64',
      figure: 'perSecond',
      goals: [
        { against: 'get', least: 0.9 },
        { against: 'layered-loader', least: 1.5 },
        { against: 'bentocache', least: 2.5 },
        { against: 'cache-manager', least: 3.5 },
      ],
    },
  ],
};
