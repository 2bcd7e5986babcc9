const SLOW_MS = 500;
const MOST_TICKS = 32;

/** Whether the source is quick enough to be asked for what nobody waits for: after a slow or failed batch, ticks are left out, more each time. */
export class SourcePace {
  private pause = 0;
  private leftOut = 0;

  /** Whether this tick may ask the source. */
  mayAsk(): boolean {
    if (this.leftOut >= this.pause) return true;
    this.leftOut += 1;
    return false;
  }

  /** Notes how long a batch took, infinite for one that failed, and answers whether another may be asked for in this tick. */
  took(ms: number): boolean {
    this.pause = ms > SLOW_MS ? Math.min(Math.max(this.pause * 2, 1), MOST_TICKS) : 0;
    this.leftOut = 0;
    return this.pause === 0;
  }
}
