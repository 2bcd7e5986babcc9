import { faded, hashOf, MOST_SIGHTINGS, Sightings } from './sightings.js';
import { HASH, MAIN, NEWER, RING, SEEN, Slots, WEIGHT, WINDOW } from './slots.js';
import { WindowSize } from './window-size.js';

/** How many entries are looked at for the coldest; five bring no more hits. */
const LOOK_AT = 3;
/** With fewer entries the window's size is not judged. */
const FEWEST_JUDGED = 10;
/** Counts fade by half after so many sightings an entry. */
const EPOCH = 20;
/** The window's size is judged after so many sightings an entry. */
const PERIOD = 10;
/** How much the ceiling rises at a time. */
const RELAXED = 1.05;
const LAST_EPOCH = 2 ** 26;

/** What room there is. */
export interface Room {
  readonly maxEntries: number;
  readonly maxWeight: number;
}

/** Where a key was found last, to be looked at first: whoever looks for it again and again keeps one. The key is not empty. */
export interface Place {
  readonly name: string;
  /** Belongs to the map; 0 at first. */
  slot: number;
}

/** Why an entry left: the want of room of a kind, memory that was asked for, or somebody who dropped it. */
export type LeaveReason = 'entries' | 'bytes' | 'memory' | 'dropped';

/**
 * A map with room for so many entries and so much weight. A newcomer first lives in a window; to stay it must have been
 * seen more often lately than the coldest of a few entries, so a scan does not flush what is hot. A hit is one look-up
 * and one addition: nothing is moved. Ideas: TinyLFU's admission (Einziger, Friedman and Manes 2017), CLOCK's hand.
 */
export class TinyLfu<V> {
  weight = 0;
  size = 0;
  /** How many entries there may be for now: the room's, or fewer while memory is short. */
  private ceiling: number;
  private readonly places = new Map<string, number>();
  private readonly slots = new Slots<V>();
  private readonly sightings = new Sightings();
  private readonly windowSize = new WindowSize();
  /** Where the search for the coldest goes on. */
  private hand = MAIN;
  private epoch = 0;
  private hits = 0;
  private misses = 0;
  private sinceEpoch = 0;
  /** The key that was looked for last, in vain, while nothing was set since. */
  private missed: string | undefined;

  constructor(
    private readonly room: Room,
    /** Hears of every entry that left, or was refused, with its last value; not of a value that was replaced. */
    private readonly onLeave: (key: string, value: V, reason: LeaveReason) => void = () => undefined,
  ) {
    this.ceiling = room.maxEntries;
  }

  keys(): IterableIterator<string> {
    return this.places.keys();
  }

  /** The value under `key`, which counts as seen. */
  get(key: string): V | undefined {
    const slot = this.places.get(key);
    if (slot === undefined) {
      this.missed = key;
      return undefined;
    }
    return this.seen(slot);
  }

  /** As `get`, without a look-up where the key is still where it was found last. */
  at(place: Place): V | undefined {
    const { slot, name } = place;
    return this.slots.keys[slot >> 3] === name ? this.seen(slot) : this.find(place);
  }

  /** The value under `key`, unseen. */
  peek(key: string): V | undefined {
    const slot = this.places.get(key);
    return slot === undefined ? undefined : this.slots.values[slot >> 3];
  }

  has(key: string): boolean {
    return this.places.has(key);
  }

  /** How often what is kept under `key` was seen lately, 0 to 15; 0 when nothing is. */
  warmth(key: string): number {
    const slot = this.places.get(key);
    if (slot === undefined) return 0;
    const known = this.slots.numbers[slot + RING] === MAIN ? 0 : this.sightings.recall(hashOf(key), this.epoch);
    return Math.min(known + this.count(slot), MOST_SIGHTINGS);
  }

  /** Keeps `value`, perhaps not for long; what is heavier than the room is not kept, nor what was there before. */
  set(key: string, value: V, weight: number): void {
    // who looked in vain sets next, mostly: that look-up need not be made again
    const known = key === this.missed ? undefined : this.places.get(key);
    this.missed = undefined;
    if (weight > this.room.maxWeight) {
      if (known === undefined) this.onLeave(key, value, 'bytes');
      else {
        this.slots.values[known >> 3] = value;
        this.drop(known, 'bytes');
      }
      return;
    }
    if (known === undefined) this.add(key, value, weight);
    else {
      const { numbers, values } = this.slots;
      this.weight += weight - (numbers[known + WEIGHT] as number);
      numbers[known + WEIGHT] = weight;
      values[known >> 3] = value;
    }
    this.makeRoom();
  }

  delete(key: string, reason: LeaveReason = 'dropped'): boolean {
    const slot = this.places.get(key);
    if (slot === undefined) return false;
    this.drop(slot, reason);
    return true;
  }

  clear(): void {
    for (const slot of [...this.places.values()]) this.drop(slot, 'dropped');
  }

  /** Evicts so many of the coldest for want of memory, and lets none come in their place until `relax` allows it. */
  shed(count: number): number {
    const ranked = Array.from({ length: MOST_SIGHTINGS + 1 }, (): number[] => []);
    for (const slot of this.places.values()) ranked[this.count(slot)]?.push(slot);
    const coldest = ranked.flat().slice(0, count);
    for (const slot of coldest) this.drop(slot, 'memory');
    this.ceiling = Math.max(1, this.size);
    return coldest.length;
  }

  /** Allows some more entries again, up to the room there is. */
  relax(): void {
    this.ceiling = Math.min(Math.ceil(this.ceiling * RELAXED), this.room.maxEntries);
  }

  private find(place: Place): V | undefined {
    const slot = this.places.get(place.name);
    if (slot === undefined) {
      this.missed = place.name;
      return undefined;
    }
    place.slot = slot;
    this.slots.keys[slot >> 3] = place.name; // the very string: that it is the same is told without reading it
    return this.seen(slot);
  }

  /** Counts that the value in `slot` was seen, and answers it. */
  private seen(slot: number): V | undefined {
    this.hits += 1;
    const { numbers, values } = this.slots;
    const sighting = numbers[slot + SEEN] as number;
    if (sighting >> 4 !== this.epoch) numbers[slot + SEEN] = (this.epoch << 4) | (this.count(slot) + 1);
    else if ((sighting & MOST_SIGHTINGS) !== MOST_SIGHTINGS) numbers[slot + SEEN] = sighting + 1;
    return values[slot >> 3];
  }

  private add(key: string, value: V, weight: number): void {
    const { slots, epoch, sightings } = this;
    const slot = slots.take(key, value);
    const { numbers } = slots;
    numbers[slot + WEIGHT] = weight;
    numbers[slot + SEEN] = (epoch << 4) | 1;
    slots.link(slot, WINDOW, WINDOW);
    this.places.set(key, slot);
    const size = (this.size += 1);
    this.weight += weight;
    this.misses += 1;
    sightings.fit(size);
    if (this.hits + this.misses >= PERIOD * size) this.endPeriod(size);
  }

  private endPeriod(size: number): void {
    this.sinceEpoch += this.hits + this.misses;
    if (size >= FEWEST_JUDGED) this.windowSize.judge(this.hits, this.misses);
    this.hits = 0;
    this.misses = 0;
    if (this.sinceEpoch < EPOCH * size) return;
    this.sinceEpoch = 0;
    this.epoch = (this.epoch + 1) % LAST_EPOCH;
  }

  private makeRoom(): void {
    const { room } = this;
    const { numbers } = this.slots;
    const windowMost = Math.max(1, Math.floor(this.size * this.windowSize.share));
    // two at most, so that a window that has become smaller costs no pause
    if ((numbers[WINDOW + RING] as number) > windowMost + 1) this.promote(numbers[WINDOW + NEWER] as number);
    while (this.size > this.ceiling || this.weight > room.maxWeight) {
      const reason = this.shortage();
      if (numbers[MAIN + RING] === 0) this.drop(numbers[WINDOW + NEWER] as number, reason);
      else if ((numbers[WINDOW + RING] as number) > windowMost) this.contest(numbers[WINDOW + NEWER] as number, reason);
      else this.drop(this.coldest(LOOK_AT), reason);
    }
    if ((numbers[WINDOW + RING] as number) > windowMost) this.promote(numbers[WINDOW + NEWER] as number);
  }

  private shortage(): LeaveReason {
    if (this.size <= this.ceiling) return 'bytes';
    return this.size > this.room.maxEntries ? 'entries' : 'memory';
  }

  /** The oldest newcomer against the coldest of those who stay: who was seen more often, its history included. */
  private contest(candidate: number, reason: LeaveReason): void {
    const { sightings, epoch } = this;
    const { numbers, keys } = this.slots;
    const hash = hashOf(keys[candidate >> 3] as string);
    const count = Math.min(sightings.recall(hash, epoch) + this.count(candidate), MOST_SIGHTINGS);
    const victim = this.coldest(count > 1 ? LOOK_AT : 1); // who was seen once hardly ever wins: that need not take long
    if (count > this.count(victim)) {
      numbers[candidate + HASH] = hash;
      numbers[candidate + SEEN] = (epoch << 4) | count;
      this.slots.unlink(candidate);
      this.slots.link(candidate, this.hand, MAIN);
      this.drop(victim, reason);
    } else {
      sightings.keep(hash, count, epoch);
      this.remove(candidate, reason);
    }
  }

  /** Lets the oldest newcomer stay, for there is room. */
  private promote(slot: number): void {
    const { slots } = this;
    slots.numbers[slot + HASH] = hashOf(slots.keys[slot >> 3] as string);
    slots.unlink(slot);
    slots.link(slot, this.hand, MAIN);
  }

  /** The coldest of the next few that stay; there must be one. */
  private coldest(lookAt: number): number {
    const { numbers } = this.slots;
    let slot = this.hand === MAIN ? (numbers[MAIN + NEWER] as number) : this.hand;
    let coldest = slot;
    let least = this.count(slot);
    slot = numbers[slot + NEWER] as number;
    for (let looked = 1; looked < lookAt && least > 1; looked += 1) {
      if (slot === MAIN) slot = numbers[MAIN + NEWER] as number;
      const count = this.count(slot);
      if (count < least) {
        least = count;
        coldest = slot;
      }
      slot = numbers[slot + NEWER] as number;
    }
    this.hand = slot;
    return coldest;
  }

  private count(slot: number): number {
    const sighting = this.slots.numbers[slot + SEEN] as number;
    return faded(sighting & MOST_SIGHTINGS, sighting >> 4, this.epoch);
  }

  /** Removes a slot, and remembers how often it was seen. */
  private drop(slot: number, reason: LeaveReason): void {
    const { slots, sightings } = this;
    const { numbers } = slots;
    const isStaying = numbers[slot + RING] === MAIN;
    const hash = isStaying ? (numbers[slot + HASH] as number) : hashOf(slots.keys[slot >> 3] as string);
    const known = sightings.recall(hash, this.epoch);
    const count = isStaying ? this.count(slot) : Math.min(known + this.count(slot), MOST_SIGHTINGS);
    if (count > 0) sightings.keep(hash, count, this.epoch);
    if (this.hand === slot) this.hand = numbers[slot + NEWER] as number;
    this.remove(slot, reason);
  }

  private remove(slot: number, reason: LeaveReason): void {
    const { slots } = this;
    const key = slots.keys[slot >> 3] as string;
    const value = slots.values[slot >> 3] as V;
    slots.unlink(slot);
    this.places.delete(key);
    this.size -= 1;
    this.weight -= slots.numbers[slot + WEIGHT] as number;
    slots.give(slot);
    this.onLeave(key, value, reason);
  }
}
