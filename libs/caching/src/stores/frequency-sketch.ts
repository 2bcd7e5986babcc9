const ROWS = 4;
const MOST = 15;
const SEEDS = [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f] as const;

/** A hash of a text, FNV-1a with a final mix: computed once a key, when it is kept. */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
};

/**
 * How often hashes were seen lately: a count-min sketch of counters to 15, all halved after ten times as many sightings
 * as there are entries. Idea: TinyLFU (Einziger, Friedman and Manes 2017).
 */
export class FrequencySketch {
  private readonly width: number;
  private readonly shift: number;
  private readonly counters: Uint8Array;
  private readonly sample: number;
  private sightings = 0;

  constructor(entries: number) {
    const bits = Math.max(4, Math.ceil(Math.log2(Math.max(entries, 16) * 2)));
    this.width = 2 ** bits;
    this.shift = 32 - bits;
    this.counters = new Uint8Array(ROWS * this.width);
    this.sample = Math.max(entries, 16) * 10;
  }

  see(hash: number): void {
    const { counters, shift, width } = this;
    let hasGrown = false;
    for (let row = 0; row < ROWS; row += 1) {
      const at = row * width + (Math.imul(hash, SEEDS[row] as number) >>> shift);
      const count = counters[at] as number;
      if (count < MOST) {
        counters[at] = count + 1;
        hasGrown = true;
      }
    }
    if (hasGrown && (this.sightings += 1) >= this.sample) this.age();
  }

  /** At most how often `hash` was seen, from 0 to 15. */
  estimate(hash: number): number {
    let least = MOST;
    for (let row = 0; row < ROWS; row += 1) {
      const count = this.counters[row * this.width + (Math.imul(hash, SEEDS[row] as number) >>> this.shift)] as number;
      if (count < least) least = count;
    }
    return least;
  }

  private age(): void {
    for (let at = 0; at < this.counters.length; at += 1) this.counters[at] = (this.counters[at] as number) >>> 1;
    this.sightings = Math.floor(this.sightings / 2);
  }
}
