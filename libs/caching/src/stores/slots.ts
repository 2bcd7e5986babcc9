const FEWEST = 64;

/** The root of the ring of newcomers, and that of those who stay: slots that hold nothing. */
export const WINDOW = 0;
export const MAIN = 8;

/** How many numbers a slot has: a slot's name is the place of its first, and these are their places from there. */
export const STRIDE = 8;
export const NEWER = 0;
export const OLDER = 1;
/** How often it was seen, and in which epoch: `epoch << 4 | count`. */
export const SEEN = 2;
export const HASH = 3;
export const WEIGHT = 4;
/** The ring that it is in: `WINDOW` or `MAIN`. Of a root: how many are in its ring. */
export const RING = 5;

/**
 * Slots in two doubly linked rings, each from its oldest to its newest. Eight numbers of one array are half a cache
 * line, and nothing for the garbage collector to follow or to make anew, as objects would be.
 */
export class Slots<V> {
  numbers = new Int32Array(FEWEST * STRIDE);
  readonly keys: string[] = ['', ''];
  readonly values: V[] = [undefined as V, undefined as V];
  private free = 0;

  constructor() {
    this.numbers[MAIN + NEWER] = MAIN;
    this.numbers[MAIN + OLDER] = MAIN;
  }

  /** A slot that holds `value`, in no ring yet. */
  take(key: string, value: V): number {
    const { free, keys, values } = this;
    if (free !== 0) {
      this.free = this.numbers[free + NEWER] as number;
      keys[free >> 3] = key;
      values[free >> 3] = value;
      return free;
    }
    const slot = keys.length * STRIDE;
    if (slot === this.numbers.length) this.grow();
    keys.push(key);
    values.push(value);
    return slot;
  }

  /** Gives a slot back that is in no ring any more. */
  give(slot: number): void {
    this.keys[slot >> 3] = '';
    this.values[slot >> 3] = undefined as V;
    this.numbers[slot + NEWER] = this.free;
    this.free = slot;
  }

  /** Puts `slot` before `next` into `ring`, in which that is. */
  link(slot: number, next: number, ring: number): void {
    const { numbers } = this;
    const previous = numbers[next + OLDER] as number;
    numbers[slot + OLDER] = previous;
    numbers[slot + NEWER] = next;
    numbers[slot + RING] = ring;
    numbers[previous + NEWER] = slot;
    numbers[next + OLDER] = slot;
    (numbers[ring + RING] as number) += 1;
  }

  unlink(slot: number): void {
    const { numbers } = this;
    const next = numbers[slot + NEWER] as number;
    const previous = numbers[slot + OLDER] as number;
    numbers[previous + NEWER] = next;
    numbers[next + OLDER] = previous;
    (numbers[(numbers[slot + RING] as number) + RING] as number) -= 1;
  }

  private grow(): void {
    const larger = new Int32Array(this.numbers.length * 2);
    larger.set(this.numbers);
    this.numbers = larger;
  }
}
