/** How many ticks' worth of guesses may be saved up. */
const SAVED_TICKS = 10;

/**
 * How many values may be loaded ahead: so many a tick, and of guesses a share of the reads that found nothing kept, so that
 * however wrong they are they cost the source no more than that.
 */
export class PreloadBudget {
  private guesses = 0;
  private left = 0;

  constructor(
    private readonly perTick: number,
    private readonly share: number,
  ) {}

  get spent(): number {
    return this.perTick - this.left;
  }

  /** Begins a tick, since whose last one so many reads missed. */
  begin(misses: number): void {
    this.left = this.perTick;
    this.guesses = Math.min(this.guesses + misses * this.share, this.perTick * SAVED_TICKS);
  }

  /** How many values of which nobody has asked may be loaded now. */
  get forGuesses(): number {
    return Math.min(this.left, Math.floor(this.guesses));
  }

  /** How many values that will be asked for again may be loaded now. */
  get forRefreshes(): number {
    return this.left;
  }

  spend(count: number, isGuess: boolean): void {
    this.left -= count;
    if (isGuess) this.guesses -= count;
  }
}
