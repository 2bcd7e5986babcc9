/**
 * Amounts that halve every half-life, kept as ranks: the logarithm of the amount, as if it were of time 0. A rank does not
 * change as time passes, so nothing is ever swept, and two ranks compare as their amounts do at any one time. Idea: forward
 * decay (Cormode, Shkapenyuk, Srivastava and Xu 2009).
 */
export type Rank = number;

/** The rank of nothing. */
export const NOTHING: Rank = -Infinity;

/** One half-life, and ranks by it. */
export class Decay {
  constructor(
    /** In ms. */
    readonly halfLifeMs: number,
  ) {}

  /** What is left of it at `at`, in ms since the epoch. */
  amount(rank: Rank, at: number): number {
    return 2 ** (rank - at / this.halfLifeMs);
  }

  /** The rank of `amount` at `at`. */
  rank(amount: number, at: number): Rank {
    return Math.log2(amount) + at / this.halfLifeMs;
  }

  /** The rank after `amount` was added at `at`. */
  raised(rank: Rank, amount: number, at: number): Rank {
    return this.rank(this.amount(rank, at) + amount, at);
  }
}
