const WAYS = 4;
const LEAST_BUCKETS = 1_024;
const SLOTS_AN_ENTRY = 4;
const MOST = 15;
const EPOCHS = 63;
/** After so many halvings nothing is left of any count. */
const GONE = 4;

/** How often something was seen lately at most: more than that makes no difference. */
export const MOST_SIGHTINGS = MOST;

/** A hash of a text, 32 bits with a sign, of its length and its last 64 characters: four of them at each step. */
export const hashOf = (text: string): number => {
  const { length } = text;
  let hash = Math.imul(length, 0x9e3779b1);
  let at = length > 64 ? length - 64 : 0;
  for (; at + 3 < length; at += 4) {
    const four =
      text.charCodeAt(at) ^
      (text.charCodeAt(at + 1) << 8) ^
      (text.charCodeAt(at + 2) << 16) ^
      (text.charCodeAt(at + 3) << 24);
    hash = Math.imul(hash ^ four ^ (hash >>> 15), 0x2c1b3c6d);
  }
  for (; at < length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x297a2d39);
  return hash ^ (hash >>> 15);
};

/** What is left of a count of `epoch` in the epoch `now`: half of it for each epoch between. */
export const faded = (count: number, epoch: number, now: number): number => {
  const passed = now - epoch;
  return passed >>> 0 >= GONE ? 0 : count >>> passed;
};

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
    let least = MOST + 1;
    for (let at = first; at < first + WAYS; at += 1) {
      const word = words[at] as number;
      const count = faded(word & MOST, 0, (now - (word >>> 4)) & EPOCHS);
      if (word >>> 10 === mark) {
        this.place = at;
        return count;
      }
      if (count < least) {
        least = count;
        this.place = at;
      }
    }
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
