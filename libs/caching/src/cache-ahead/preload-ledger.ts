/** What became of preloads. */
export interface PreloadCounts {
  readonly preloaded: number;
  /** Read by somebody while they were kept. */
  readonly used: number;
  /** Read by nobody before they ended. */
  readonly wasted: number;
}

const MOST_OPEN = 50_000;

/** Which preloads were used: each is open until somebody reads it, or its time is over. */
export class PreloadLedger {
  /** When each ceases to be of use, in ms since the epoch, and whether it was a guess; the oldest first. */
  private readonly open = new Map<string, { readonly until: number; readonly isGuess: boolean }>();
  private preloaded = 0;
  private used = 0;
  private wasted = 0;
  private usedGuesses = 0;

  get counts(): PreloadCounts {
    const { preloaded, used, wasted } = this;
    return { preloaded, used, wasted };
  }

  /** Goes on from counts that were stored; what was open then is told as neither. */
  restore({ preloaded, used, wasted }: PreloadCounts): void {
    this.preloaded = preloaded;
    this.used = used;
    this.wasted = wasted;
  }

  /** Notes that `key` was preloaded and is fresh until `until`. */
  note(key: string, until: number, isGuess: boolean): void {
    this.preloaded += 1;
    if (this.open.delete(key)) this.wasted += 1;
    this.open.set(key, { until, isGuess });
    if (this.open.size > MOST_OPEN) this.waste(this.open.keys().next().value);
  }

  /** Notes a read of `key` at `at`. */
  read(key: string, at: number): void {
    const preload = this.open.get(key);
    if (!preload) return;
    this.open.delete(key);
    if (at > preload.until) this.wasted += 1;
    else {
      this.used += 1;
      if (preload.isGuess) this.usedGuesses += 1;
    }
  }

  /** How many guesses were read since it was asked last. */
  takeUsedGuesses(): number {
    const used = this.usedGuesses;
    this.usedGuesses = 0;
    return used;
  }

  /** Whether `key` was preloaded and not read since. */
  isOpen(key: string): boolean {
    return this.open.has(key);
  }

  /** Ends what ceased to be of use before `at`. */
  sweep(at: number): void {
    for (const [key, { until }] of this.open) if (until < at) this.waste(key);
  }

  private waste(key: string | undefined): void {
    if (key !== undefined && this.open.delete(key)) this.wasted += 1;
  }
}
