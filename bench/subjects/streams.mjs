import { seeded, zipf } from './seeded.mjs';

/** How many accesses a stream has. */
export const ACCESSES = 1_000_000;
/** How many entries the measured caches have room for. */
export const ROOM = 1_000;

const ONCE = 1_000_000;

const SEED = 20_26;

const plain = (ranks, exponent) => () => zipf(ranks, exponent, seeded(SEED));

const withScans = () => {
  const popular = zipf(10_000, 0.99, seeded(SEED));
  let scanned = ONCE;
  return (at) => (at % 10_000 < 2_000 ? scanned++ : popular());
};

const withKeysOfOnce = () => {
  const popular = zipf(10_000, 0.99, seeded(SEED));
  const random = seeded(SEED + 1);
  let once = ONCE;
  return () => (random() < 0.25 ? once++ : popular());
};

const drifting = () => {
  const popular = zipf(10_000, 0.99, seeded(SEED));
  return (at) => (popular() + Math.floor(at / 1_000)) % 10_000;
};

/** The streams by name: what each is, and how to make it. */
export const STREAMS = {
  'zipf-0.99': { title: 'Zipf 0.99 over 10,000 keys', open: plain(10_000, 0.99) },
  'zipf-0.7': { title: 'Zipf 0.7 over 100,000 keys', open: plain(100_000, 0.7) },
  'zipf-1.1': { title: 'Zipf 1.1 over 100,000 keys', open: plain(100_000, 1.1) },
  scans: { title: 'Zipf 0.99, of every 10,000 accesses 2,000 a scan of new keys', open: withScans },
  'one-hit': { title: 'Zipf 0.99, 25 % keys that come once', open: withKeysOfOnce },
  drift: { title: 'Zipf 0.99, every key’s rank moves by one each 1,000 accesses', open: drifting },
};

/** The numbers of a stream's keys, in the order of access. */
export const streamOf = (name) => {
  const next = STREAMS[name].open();
  return Int32Array.from({ length: ACCESSES }, (_, at) => next(at));
};
