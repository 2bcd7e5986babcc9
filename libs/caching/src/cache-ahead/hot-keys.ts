import { NOTHING, type Rank } from './decay.js';

/** A key with the rank of its count. */
export type Ranked = readonly [key: string, rank: Rank];

/**
 * The keys that were read most lately, at most twice `most` of them between two prunings: a key that is no hotter than the
 * coldest that was kept never enters, so a walk through everything leaves them as they are.
 */
export class HotKeys {
  private readonly ranks = new Map<string, Rank>();
  /** What was pruned was no hotter than this. */
  private floor: Rank = NOTHING;

  constructor(private readonly most: number) {}

  get size(): number {
    return this.ranks.size;
  }

  /** Says that `key` has this rank now. */
  offer(key: string, rank: Rank): void {
    if (rank < this.floor && !this.ranks.has(key)) return;
    this.ranks.set(key, rank);
    if (this.ranks.size > 2 * this.most) this.prune();
  }

  /** The hottest first, at most `count` and no colder than `least`. */
  top(count: number, least: Rank = NOTHING): Ranked[] {
    const hot = [...this.ranks].filter(([, rank]) => rank >= least);
    return hot.sort(([, one], [, other]) => other - one).slice(0, count);
  }

  private prune(): void {
    const kept = this.top(this.most);
    this.floor = kept.at(-1)?.[1] ?? NOTHING;
    this.ranks.clear();
    for (const [key, rank] of kept) this.ranks.set(key, rank);
  }
}
