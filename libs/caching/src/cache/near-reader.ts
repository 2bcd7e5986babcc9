import type { Bus } from '../coherence/bus.js';
import { isFloored } from '../coherence/read-floor.js';
import { reportRead } from '../events/cache-read.js';
import { SEALED } from '../region/opening.js';
import { opened } from '../stores/near.entry.js';
import type { NearEntry } from '../stores/near.entry.js';
import type { NearStore } from '../stores/near.store.js';
import type { Place } from '../stores/tiny-lfu.js';
import type { Asked } from './asked.js';
import type { Reader } from './reader.js';
import type { RegionState } from './regions.js';

/** Answers from near copies, without waiting. */
export class NearReader {
  constructor(
    private readonly near: NearStore,
    private readonly bus: Bus,
    private readonly reader: Reader,
    private readonly clock: { now(): number },
  ) {}

  /**
   * The near copy at `place`, counted as a hit, if the region's consistency lets it be served as it is. Without `isOpened`
   * a value that nobody has asked for yet is left in its envelope.
   */
  hit<P, V>(state: RegionState<P, V>, place: Place, isOpened = true): NearEntry | undefined {
    const { heardWithinMs } = state;
    if (heardWithinMs < 0 || isFloored()) return undefined;
    const now = this.near.clock.now();
    const entry = this.near.freshAt(place, now);
    if (entry === undefined || !this.bus.isCurrent(heardWithinMs, now)) return undefined;
    if (entry.value === SEALED && isOpened) opened(entry);
    state.counters.nearHits += 1;
    return entry;
  }

  /** What else a hit brings about: a refresh when it is due, and a report for whoever observes. */
  notice<P, V>(asked: Asked<P, V>, { envelope, isDue }: NearEntry): void {
    if (isDue) this.reader.refresh(asked, envelope);
    const ageMs = this.clock.now() - envelope.writtenAt;
    const region = asked.state.region.name;
    reportRead({ region, outcome: 'hit', tier: 'near', stored: false, collapsed: false, ageMs });
  }
}
