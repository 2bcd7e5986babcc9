import type { RegionCounters } from './counters.js';

/** How long reads took, in ms; all 0 while nothing was counted. */
export interface LatencyMs {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What happened in a region of this process since it started, as it is told to people. */
export interface RegionCounts {
  /** Reads answered by a fresh value of either tier. */
  readonly hits: number;
  readonly stale: number;
  readonly misses: number;
  readonly bypasses: number;
  /** The share of reads that a kept value answered, stale ones included, 0 to 1; 0 while there was no read. */
  readonly hitRate: number;
  readonly loads: number;
  readonly loadFailures: number;
  readonly collapsed: number;
  readonly refusedFills: number;
  readonly invalidations: number;
  /** Values that were loaded and kept before anybody asked for them. */
  readonly preloads: number;
  /** Values that were too large to be kept. */
  readonly oversized: number;
  /** Stored bytes that were of another format, foreign or cut. */
  readonly unreadable: number;
  /** Of reads that went past the near store, as those on it take no time to speak of. */
  readonly latencyMs: LatencyMs;
  readonly near: { readonly hits: number };
  readonly shared: { readonly hits: number };
}

const toMicroseconds = (ms: number): number => Math.round(ms * 1_000) / 1_000;

const latencyOf = ({ latency }: RegionCounters): LatencyMs => ({
  mean: latency.count === 0 ? 0 : toMicroseconds((latency.sumSeconds / latency.count) * 1_000),
  p50: toMicroseconds(latency.quantileMs(0.5)),
  p95: toMicroseconds(latency.quantileMs(0.95)),
  p99: toMicroseconds(latency.quantileMs(0.99)),
  max: toMicroseconds(latency.maxSeconds * 1_000),
});

/** The counters as of now. */
export const countsOf = (counters: RegionCounters): RegionCounts => {
  const { nearHits, sharedHits, stale, misses, bypasses } = counters;
  const { loads, loadFailures, collapsed, refusedFills, invalidations, preloads, oversized, unreadable } = counters;
  const hits = nearHits + sharedHits;
  const reads = hits + stale + misses + bypasses;
  return {
    hits,
    stale,
    misses,
    bypasses,
    hitRate: reads === 0 ? 0 : (hits + stale) / reads,
    loads,
    loadFailures,
    collapsed,
    refusedFills,
    invalidations,
    preloads,
    oversized,
    unreadable,
    latencyMs: latencyOf(counters),
    near: { hits: nearHits },
    shared: { hits: sharedHits },
  };
};
