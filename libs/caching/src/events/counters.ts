import { Histogram } from './histogram.js';

/** What happened in one region of this process since it started. Plain fields: recording is one addition. */
export class RegionCounters {
  nearHits = 0;
  sharedHits = 0;
  stale = 0;
  misses = 0;
  bypasses = 0;
  loads = 0;
  loadFailures = 0;
  collapsed = 0;
  refusedFills = 0;
  invalidations = 0;
  preloads = 0;
  oversized = 0;
  unreadable = 0;
  partitionStale = 0;
  readonly latency = new Histogram();
}

/** The counters of every region of this process, by name. */
export class Counters {
  private readonly regions = new Map<string, RegionCounters>();

  of(region: string): RegionCounters {
    let counters = this.regions.get(region);
    if (!counters) {
      counters = new RegionCounters();
      this.regions.set(region, counters);
    }
    return counters;
  }

  entries(): IterableIterator<[string, RegionCounters]> {
    return this.regions.entries();
  }
}
