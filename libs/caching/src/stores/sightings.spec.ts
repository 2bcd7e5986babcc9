import { faded, hashOf, Sightings } from './sightings.js';

const MARK_FROM_BIT = 10;
/** Hashes of one bucket, told apart by their marks. */
const hashesOf = (count: number): number[] => Array.from({ length: count }, (_, id) => ((id + 1) << MARK_FROM_BIT) | 5);

describe('the sightings', () => {
  it('recalls what was kept, halved for each epoch since, and nothing else', () => {
    for (const epoch of [0, 1, 62, 63, 64, 1_000]) {
      const sightings = new Sightings();
      const [kept, other] = hashesOf(2) as [number, number];
      sightings.recall(kept, epoch);
      sightings.keep(kept, 13, epoch);

      const recalled = Array.from({ length: 64 }, (_, passed) => sightings.recall(kept, epoch + passed));

      expect(recalled).toEqual(Array.from({ length: 64 }, (_, passed) => faded(13, 0, passed)));
      expect(sightings.recall(other, epoch)).toBe(0);
    }
  });

  it('keeps four of a bucket, whichever place they have, and gives up the one that was seen least', () => {
    for (let least = 0; least < 4; least += 1) {
      const sightings = new Sightings();
      const hashes = hashesOf(5);
      const counts = [9, 8, 7, 6].map((count, place) => (place === least ? 2 : count));
      for (const [place, count] of counts.entries()) {
        sightings.recall(hashes[place] as number, 3);
        sightings.keep(hashes[place] as number, count, 3);
      }
      expect(hashes.slice(0, 4).map((hash) => sightings.recall(hash, 3))).toEqual(counts);

      sightings.recall(hashes[4] as number, 3);
      sightings.keep(hashes[4] as number, 1, 3);

      expect(hashes.map((hash) => sightings.recall(hash, 3))).toEqual([
        ...counts.map((count, place) => (place === least ? 0 : count)),
        1,
      ]);
    }
  });
});

describe('the hash of a text', () => {
  it('tells texts apart that differ in one character, wherever it is among the last 64', () => {
    const texts = Array.from({ length: 64 }, (_, at) => 'product.1:'.padEnd(64 - at, 'x') + 'y'.padEnd(at, 'x'));
    const pages = Array.from({ length: 5_000 }, (_, page) => `page.1::shoes:#${page}:price-asc:`);

    expect(new Set(texts.map(hashOf)).size).toBe(new Set(texts).size);
    expect(new Set(pages.map(hashOf)).size).toBeGreaterThan(pages.length - 5);
  });

  it('spreads over its low bits and over its high ones', () => {
    const ids = Array.from({ length: 64_000 }, (_, id) => hashOf(`product.1:${id.toString(16).padStart(24, '0')}`));
    for (const part of [(hash: number) => hash & 1_023, (hash: number) => hash >>> 22]) {
      const buckets = new Array<number>(1_024).fill(0);
      for (const hash of ids) buckets[part(hash)] = (buckets[part(hash)] ?? 0) + 1;
      expect(Math.max(...buckets)).toBeLessThan(62.5 * 2);
    }
  });
});
