import { LRUCache } from 'lru-cache';
import QuickLRU from 'quick-lru';
import { lru } from 'tiny-lru';
import { Lru } from 'toad-cache';
import { newCache } from 'transitory';
import { repeated } from '../harness/loop.mjs';
import { larderPart } from '../subjects/larder.mjs';
import { openNearLayeredLoader } from '../subjects/layered-loader.mjs';
import { keysOf, loadProduct, productOf } from '../subjects/payload.mjs';

const RESIDENT = 1_024;
const TTL_MS = 600_000;

/** A measurement of `get(key)` over the resident keys; the loop is compiled anew in each process. */
const looking = (get, close = () => undefined) => {
  const keys = keysOf(RESIDENT);
  let at = 0;
  const work = (count) => {
    for (let done = 0; done < count; done += 1) {
      if (get(keys[at]) === undefined) throw new Error(`${keys[at]} is not there.`);
      at = (at + 1) & (RESIDENT - 1);
    }
  };
  return { measure: (forMs) => repeated(work, forMs), close };
};

const filled = (set) => keysOf(RESIDENT).forEach((key, number) => set(key, productOf(number)));

const openNearStore = async () => {
  const { NearStore } = await larderPart('stores/near.store.js');
  const near = new NearStore({ maxEntries: 10_000, maxBytes: 64 * 1_048_576 });
  filled((key, value) => {
    const body = Buffer.from(JSON.stringify(value));
    const now = performance.now();
    const lifetimes = { freshUntil: now + TTL_MS, staleUntil: now + TTL_MS, errorUntil: now + TTL_MS };
    const envelope = { ...lifetimes, version: 0, writtenAt: now, costMs: 1, validator: 'validator', tags: [], body };
    const entry = { envelope, value, region: 'product', freshUntil: now + TTL_MS, refreshAfter: Infinity };
    near.keep(key, near.lease(key).token, { ...entry, uselessAfter: now + TTL_MS });
  });
  const get = (key) => near.fresh(key)?.value;
  return looking(get, () => near.close());
};

export default {
  row: 1,
  name: 'near-sync',
  title: 'Near hit, synchronous look-up with TTL',
  setting: '1,024 resident products of 1 KB, one look-up after the other; every look-up heeds a lifetime.',
  rounds: 9,
  figures: { cpu: 'ns CPU', wall: 'ns' },
  cases: {
    larder: {
      label: 'Larder near store',
      open: openNearStore,
      note: '`NearStore.fresh`: value, lifetime, and its use counted for admission.',
    },
    map: {
      label: 'Map.get',
      isLimit: true,
      note: 'No lifetime, no room.',
      open: () => {
        const map = new Map();
        filled((key, value) => map.set(key, value));
        return looking((key) => map.get(key));
      },
    },
    'lru-cache': {
      label: 'lru-cache',
      note: '`max` and `ttl`; `ttlResolution` stays at its 1 ms.',
      open: () => {
        const cache = new LRUCache({ max: 10_000, ttl: TTL_MS });
        filled((key, value) => cache.set(key, value));
        return looking((key) => cache.get(key));
      },
    },
    'layered-loader': {
      label: 'layered-loader',
      note: '`getInMemoryOnly` of an `lru-map`, its “Synchronous short-circuit”.',
      open: async () => {
        const loader = openNearLayeredLoader(loadProduct, 10_000);
        await Promise.all(keysOf(RESIDENT).map((key) => loader.get(key)));
        return looking((key) => loader.getInMemoryOnly(key));
      },
    },
    'quick-lru': {
      label: 'quick-lru',
      note: '`maxSize` and `maxAge`.',
      open: () => {
        const cache = new QuickLRU({ maxSize: 10_000, maxAge: TTL_MS });
        filled((key, value) => cache.set(key, value));
        return looking((key) => cache.get(key));
      },
    },
    'tiny-lru': {
      label: 'tiny-lru',
      note: '`lru(max, ttl)`.',
      open: () => {
        const cache = lru(10_000, TTL_MS);
        filled((key, value) => cache.set(key, value));
        return looking((key) => cache.get(key));
      },
    },
    'toad-cache': {
      label: 'toad-cache',
      note: '`Lru(max, ttl)`.',
      open: () => {
        const cache = new Lru(10_000, TTL_MS);
        filled((key, value) => cache.set(key, value));
        return looking((key) => cache.get(key));
      },
    },
    transitory: {
      label: 'transitory',
      note: '`maxSize` and `expireAfterWrite`.',
      open: () => {
        const cache = newCache().maxSize(10_000).expireAfterWrite(TTL_MS).build();
        filled((key, value) => cache.set(key, value));
        return looking((key) => cache.getIfPresent(key) ?? undefined);
      },
    },
  },
  results: [
    {
      name: 'near-sync',
      figure: 'cpu',
      goals: [
        { against: 'lru-cache', most: 1 },
        { against: 'layered-loader', most: 0.6 },
      ],
    },
  ],
};
