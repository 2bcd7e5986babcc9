/**
 * The shared Redis's clock, as this process knows it: a monotonic reading plus an offset learned from `TIME`. The
 * wall clock of this machine is only the first guess, so its error does not last.
 */
export class SharedClock {
  private offsetMs = Date.now() - performance.now();

  /** Now, in ms since 1970. */
  now(): number {
    return performance.now() + this.offsetMs;
  }

  /** Learns from an answer to `TIME` that was asked for and received at these monotonic readings. */
  learn(
    [secondsPart, microsPart]: readonly [number | string, number | string],
    askedAt: number,
    answeredAt: number,
  ): void {
    const theirs = Number(secondsPart) * 1_000 + Number(microsPart) / 1_000;
    this.offsetMs = theirs - (askedAt + answeredAt) / 2;
  }
}
