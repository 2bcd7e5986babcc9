import { LRUCache } from 'lru-cache';
import { newCache } from 'transitory';
import { stopwatch } from '../harness/loop.mjs';
import { larderPart } from '../subjects/larder.mjs';
import { mostHits } from '../subjects/optimum.mjs';
import { Sieve } from '../subjects/sieve.mjs';
import { ACCESSES, ROOM, STREAMS, streamOf } from '../subjects/streams.mjs';

const NAMES = Object.keys(STREAMS);
const GOALS = { 'zipf-0.99': 73.5, 'zipf-0.7': 20.5, 'zipf-1.1': 73.5, scans: 58.5, 'one-hit': 54.9, drift: 71.5 };
const TIMED = 'zipf-0.99';
const percent = (hits) => (hits / ACCESSES) * 100;

/** The accesses of a stream as texts, the same key always the same text. */
const textsOf = (stream) => {
  const known = new Map();
  return Array.from(stream, (number) => {
    let text = known.get(number);
    if (text === undefined) known.set(number, (text = `product.1:product-${number}`));
    return text;
  });
};

/** Plays a stream: every access looks, and keeps what was not there. */
const played = (texts, { get, set }) => {
  let hits = 0;
  for (const text of texts) {
    if (get(text) === undefined) set(text, text);
    else hits += 1;
  }
  return hits;
};

/** Every stream's hits in percent, each with a new cache, and the time of an access of one of them. */
const playing = (openCache) => () => {
  const streams = NAMES.map((name) => [name, textsOf(streamOf(name))]);
  const measure = () => {
    const figures = {};
    for (const [name, texts] of streams) {
      const cache = openCache();
      const stop = stopwatch();
      figures[name] = percent(played(texts, cache));
      if (name === TIMED) figures.cpu = (stop().cpuMs * 1e6) / ACCESSES;
    }
    return figures;
  };
  return { measure, close: () => undefined };
};

const openTinyLfu = async () => {
  const { TinyLfu } = await larderPart('stores/tiny-lfu.js');
  return playing(() => {
    const cache = new TinyLfu({ maxEntries: ROOM, maxWeight: Infinity });
    return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value, 1) };
  })();
};

const openOptimum = () => {
  const figures = Object.fromEntries(NAMES.map((name) => [name, percent(mostHits(streamOf(name), ROOM))]));
  return { measure: () => figures, close: () => undefined };
};

export default {
  row: 8,
  name: 'hit-ratio',
  title: 'Hit ratio',
  setting: `Room for 1,000 entries, 1,000,000 accesses a stream; the time is that of an access to “${STREAMS[TIMED].title}”.`,
  rounds: 5,
  isWarmed: false,
  figures: { ...Object.fromEntries(NAMES.map((name) => [name, `% ${name}`])), cpu: 'ns CPU' },
  notes: Object.entries(STREAMS).map(([name, { title }]) => `${name}: ${title}.`),
  cases: {
    larder: { label: 'Larder', note: '`TinyLfu`, the near store’s admission and eviction.', open: openTinyLfu },
    optimum: { label: 'optimum', isLimit: true, note: 'Belady: knows what comes.', open: openOptimum },
    'lru-cache': {
      label: 'lru-cache',
      note: '`max`; LRU, as in every caching library.',
      open: playing(() => {
        const cache = new LRUCache({ max: ROOM });
        return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) };
      }),
    },
    transitory: {
      label: 'transitory',
      note: '`maxSize`; W-TinyLFU.',
      open: playing(() => {
        const cache = newCache().maxSize(ROOM).build();
        return { get: (key) => cache.getIfPresent(key) ?? undefined, set: (key, value) => cache.set(key, value) };
      }),
    },
    sieve: {
      label: 'SIEVE',
      note: 'The algorithm alone.',
      open: playing(() => {
        const cache = new Sieve(ROOM);
        return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) };
      }),
    },
  },
  results: [
    ...NAMES.map((name) => ({
      name: `hit-ratio ${name}`,
      figure: name,
      unit: '%',
      isMoreBetter: true,
      goals: [{ against: 'hits in %', isAbsolute: true, least: GOALS[name] }],
    })),
    { name: 'hit-ratio time', figure: 'cpu', unit: 'ns CPU', goals: [{ against: 'lru-cache', most: 1 }] },
  ],
};
