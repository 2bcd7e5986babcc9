const WAYS = 4;
const LEAST_BUCKETS = 1_024;
const SLOTS_AN_ENTRY = 4;
const MOST = 15;
const EPOCHS = 63;
/** After so many halvings nothing is left of any count. */
const GONE = 4;

/** How often something was seen lately at most: more than that makes no difference. */
export const MOST_SIGHTINGS = MOST;

/**
 * A hash of a text, 32 bits with a sign, of its length and its last 64 characters: four of them at each step, in two
 * halves that do not wait for each other.
 */
export const hashOf = (text: string): number => {
  const { length } = text;
  let hash = Math.imul(length, 0x9e3779b1);
  let other = length;
  let at = length > 64 ? length - 64 : 0;
  for (; at + 3 < length; at += 4) {
    hash = Math.imul(hash ^ (text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16)), 0x2c1b3c6d);
    other = Math.imul(other ^ (text.charCodeAt(at + 2) | (text.charCodeAt(at + 3) << 16)), 0x297a2d39);
    hash ^= hash >>> 15;
    other ^= other >>> 13;
  }
  for (; at < length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ other ^ (hash >>> 15), 0x297a2d39);
  return hash ^ (hash >>> 15);
};

/** What is left of a count of `epoch` in the epoch `now`: half of it for each epoch between. */
export const faded = (count: number, epoch: number, now: number): number => {
  const passed = now - epoch;
  return passed >>> 0 >= GONE ? 0 : count >>> passed;
};

/** What is left of the count in a word of `Sightings`, as `faded` says, without a branch. */
const left = (word: number, now: number): number => {
  const passed = (now - (word >>> 4)) & EPOCHS;
  return (word & MOST) >>> (passed | ((passed & 32) >> 1)); // a shift heeds five bits of the six
};

/** The lesser of two small numbers, without a branch. */
const lesser = (one: number, other: number): number => other + ((one - other) & ((one - other) >> 31));

/** All bits set where a word bears `mark`, else none. */
const isOf = (word: number, mark: number): number => (((word >>> 10) ^ mark) - 1) >> 31;

/**
 * How often what is no longer kept had been seen, for when it comes again: 16 bytes for each entry of the store. One
 * 32-bit word holds 22 bits of a hash, the epoch and a count; the four words of a hash lie side by side. Fewer
 * collisions than a count-min sketch of this size, and no pause to halve it: a count fades by its epoch.
 */
export class Sightings {
  private mask = LEAST_BUCKETS - 1;
  /** Where the word of the hash is that was recalled last, or would be. */
  private place = 0;
  private words = new Int32Array(LEAST_BUCKETS * WAYS);

  /** Makes it large enough for the history of a store of so many entries; a larger one begins empty. */
  fit(entries: number): void {
    if (entries * SLOTS_AN_ENTRY <= this.words.length) return;
    const buckets = 2 ** Math.ceil(Math.log2((entries * SLOTS_AN_ENTRY) / WAYS));
    this.mask = buckets - 1;
    this.words = new Int32Array(buckets * WAYS);
  }

  /** How often `hash` had been seen when it left, faded since; 0 when that is not known. `keep` may follow. */
  recall(hash: number, now: number): number {
    const { words } = this;
    const mark = hash >>> 10;
    const first = (hash & this.mask) * WAYS;
    const a = words[first] as number;
    const b = words[first + 1] as number;
    const c = words[first + 2] as number;
    const d = words[first + 3] as number;
    // which of the four it is nothing can foretell: a wrong guess of the processor costs more than this arithmetic
    const isA = isOf(a, mark);
    const isB = isOf(b, mark);
    const isC = isOf(c, mark);
    const isD = isOf(d, mark);
    if ((isA | isB | isC | isD) !== 0) {
      this.place = first + ((isB & 1) | (isC & 2) | (isD & 3));
      return left((a & isA) | (b & isB) | (c & isC) | (d & isD), now);
    }
    const ofAB = lesser(left(a, now) << 2, (left(b, now) << 2) | 1);
    const ofCD = lesser((left(c, now) << 2) | 2, (left(d, now) << 2) | 3);
    this.place = first + (lesser(ofAB, ofCD) & 3);
    return 0;
  }

  /** Remembers that the `hash` that was recalled last left, seen so often: where nothing is known of it, another's word gives way. */
  keep(hash: number, count: number, now: number): void {
    this.words[this.place] = ((hash >>> 10) << 10) | ((now & EPOCHS) << 4) | count;
  }

  clear(): void {
    this.words.fill(0);
  }
}
