/** How many ticks' worth of guesses may be saved up. */
const SAVED_TICKS = 10;
/** How fast the price of a guess follows what there is to spend. */
const ADAPTATION = 0.03;

/** What happened at the source since the last tick. */
export interface SourceReads {
  /** Reads that found nothing kept. */
  readonly missed: number;
  /** Guesses that somebody read: reads that the source was spared. */
  readonly used: number;
}

/**
 * How many values may be loaded ahead: so many a tick, and on a guess no more than cost the source a share of the reads that
 * it would have had without any: a guess that is used costs nothing, for its read would have come. The price that a guess
 * must be worth rises with each that is loaded and falls with each read that missed, so that what there is goes to the best.
 */
export class PreloadBudget {
  private owed = 0;
  private left = 0;
  private paid = 0;

  constructor(
    private readonly perTick: number,
    private readonly share: number,
  ) {}

  /** How many values this tick has loaded. */
  get spent(): number {
    return this.perTick - this.left;
  }

  /** What a guess must be worth now, as a multiple of the least. */
  get price(): number {
    return Math.exp(this.paid);
  }

  begin({ missed, used }: SourceReads): void {
    this.left = this.perTick;
    this.owed = Math.min(this.owed + this.share * (missed + used) + used, this.perTick * SAVED_TICKS);
    this.paid = Math.max(this.paid - ADAPTATION * this.share * missed, 0);
  }

  /** How many values may be loaded on a guess now. */
  get forGuesses(): number {
    return Math.min(this.left, Math.floor(this.owed));
  }

  /** How many values that are read again and again may be loaded now. */
  get forRefreshes(): number {
    return this.left;
  }

  /** Notes that so many were loaded. */
  spend(count: number, isGuess: boolean): void {
    this.left -= count;
    if (!isGuess) return;
    this.owed -= count;
    this.paid += ADAPTATION * count;
  }
}
