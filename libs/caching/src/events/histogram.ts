/** Bucket bounds in seconds, from a near hit to a hard timeout. */
export const LATENCY_BOUNDS = [
  0.000001, 0.0000025, 0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
  0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** Counts durations in fixed buckets; recording is a short walk over an array and allocates nothing. */
export class Histogram {
  readonly buckets = new Float64Array(LATENCY_BOUNDS.length + 1);
  count = 0;
  sumSeconds = 0;
  maxSeconds = 0;

  /** Counts one duration of `durationMs`, `weight` times: the weight of a sample is what it stands for. */
  record(durationMs: number, weight = 1): void {
    const value = durationMs / 1_000;
    let index = 0;
    while (index < LATENCY_BOUNDS.length && value > (LATENCY_BOUNDS[index] ?? Infinity)) index += 1;
    this.buckets[index] = (this.buckets[index] ?? 0) + weight;
    this.count += weight;
    this.sumSeconds += value * weight;
    if (value > this.maxSeconds) this.maxSeconds = value;
  }

  /** The duration in ms that a share of `quantile` stays within, linear inside its bucket; 0 when nothing was counted. */
  quantileMs(quantile: number): number {
    let seen = 0;
    const wanted = this.count * quantile;
    for (const [index, count] of this.buckets.entries()) {
      if (count > 0 && seen + count >= wanted) {
        const low = LATENCY_BOUNDS[index - 1] ?? 0;
        const high = Math.min(LATENCY_BOUNDS[index] ?? this.maxSeconds, this.maxSeconds);
        return (low + ((wanted - seen) / count) * Math.max(high - low, 0)) * 1_000;
      }
      seen += count;
    }
    return this.maxSeconds * 1_000;
  }
}
