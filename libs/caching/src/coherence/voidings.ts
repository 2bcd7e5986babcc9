import { hashOf } from '../region/partition.js';

const COUNTERS = 4_096;

/**
 * Counts what this process hears against names, so that a read that nobody can join needs no entry anywhere to learn
 * whether something was said since it began. Names share counters: that a name was left alone is never said wrongly, that
 * it was not may be.
 */
export class Voidings {
  private readonly ofNames = new Float64Array(COUNTERS);
  private ofAll = 0;

  /** A number that stays the same until something is said that may be about `name`. */
  count(name: string): number {
    return this.ofAll + (this.ofNames[hashOf(name) % COUNTERS] ?? 0);
  }

  name(name: string): void {
    const counter = hashOf(name) % COUNTERS;
    this.ofNames[counter] = (this.ofNames[counter] ?? 0) + 1;
  }

  all(): void {
    this.ofAll += 1;
  }
}
