const VOID_AFTER_MS = 1;
const USES = 16;

/**
 * The monotonic time in whole ms, rounded up, for a fraction of what reading it costs. A reading is used for a
 * millisecond, and sixteen times at most. The event loop cannot end the millisecond while one turn of it runs on, so in
 * a turn that blocks up to fifteen uses are behind by as long as it blocked, and no further one is.
 *
 * What is compared with a bound may be behind so: the node reads its bus every 25 ms, so a read can pass a bound of
 * 250 ms only in a turn that has run for over 200 ms, and a loop that is free passes none, for what a reading is behind
 * then the rounding makes up for.
 */
export class CoarseClock {
  private reading = 0;
  private usesLeft = 0;
  private isVoiding = false;
  private readonly void = (): void => {
    this.isVoiding = false;
    this.usesLeft = 0;
  };

  now(): number {
    if (this.usesLeft === 0) return this.read();
    this.usesLeft -= 1;
    return this.reading;
  }

  private read(): number {
    this.reading = Math.ceil(performance.now());
    this.usesLeft = USES - 1;
    if (!this.isVoiding) {
      this.isVoiding = true;
      setTimeout(this.void, VOID_AFTER_MS).unref();
    }
    return this.reading;
  }
}
