import { EntryUnknownError } from '../errors.js';
import type { EvictionCounts } from '../stores/near.store.js';
import type { Kept } from '../stores/region-tally.js';
import { countsOf, type RegionCounts } from '../events/region-counts.js';
import type { AheadPolicy } from '../region/ahead.js';
import type { AnyRegion, RegionPolicy } from '../region/region.js';
import type { Engine } from './engine.js';
import { nearCopyOf, sharedCopyOf, type EntryCopy } from './entry-copy.js';
import type { AnyRegionState, Regions } from './regions.js';

/** The bound that no memory of the bus is within: tags are judged by the shared store. */
const BY_THE_RECORDS = -Infinity;

/** The numbers and policies of a region, as they are in force. */
export interface PolicyDescription extends Omit<Required<RegionPolicy>, 'near' | 'ahead'> {
  readonly ahead: Required<AheadPolicy>;
  /** `maxEntries` is `null` where only the store's own limit holds. */
  readonly near: false | { readonly ttlMs: number; readonly maxEntries: number | null };
}

/** What this process keeps of a region near now, and how many near copies had to go since it started. */
export interface NearCounts extends Kept {
  readonly hits: number;
  readonly evictions: EvictionCounts;
}

/** A region, and what happened in it in this process since it started. */
export interface RegionDescription {
  readonly region: string;
  readonly version: number;
  readonly policy: PolicyDescription;
  readonly counters: RegionCounts & { readonly near: NearCounts };
}

/** What is kept under one key: the copy that a read in this process would be answered with, else the nearest. */
export interface EntryDescription extends EntryCopy {
  readonly region: string;
  readonly key: string;
  /** Every copy that this process can see, the nearest first. */
  readonly copies: readonly EntryCopy[];
}

/** What an operator may see of the regions of this process, and take back in them. A key is one that the region encoded. */
export class RegionAdministration {
  constructor(
    private readonly regions: Regions,
    private readonly engine: Engine,
  ) {}

  /** Every region, by name. */
  list(): RegionDescription[] {
    return this.regions
      .all()
      .map((state) => this.described(state))
      .sort((one, other) => (one.region < other.region ? -1 : 1));
  }

  /** @throws {RegionUnknownError} no region in use has this name */
  describe(region: string): RegionDescription {
    return this.described(this.regions.named(region));
  }

  /**
   * What is kept under `key`. Looking counts as no read, and keeps nothing warm.
   * @throws {RegionUnknownError} no region in use has this name
   * @throws {EntryUnknownError} neither tier keeps anything under it
   * @throws {StoreUnavailableError} the shared store does not answer, so nobody knows
   */
  async entry(region: string, key: string): Promise<EntryDescription> {
    const state = this.regions.named(region);
    const name = `${state.prefix}:${key}`;
    const copies = await this.copiesOf(state.region, name);
    const answering = copies.find(({ served }) => served === 'fresh' || served === 'stale') ?? copies[0];
    if (!answering) throw new EntryUnknownError(region, key);
    return { region, key, ...answering, copies };
  }

  /**
   * Says that every value of the region is no longer true, in every process.
   * @throws {RegionUnknownError} no region in use has this name
   */
  async clear(region: string): Promise<void> {
    const { prefix, counters } = this.regions.named(region);
    counters.invalidations += 1;
    await this.engine.invalidator.prefix(prefix);
  }

  /**
   * Says that the value under `key` is no longer true, in every process; there need not be one.
   * @throws {RegionUnknownError} no region in use has this name
   */
  async invalidate(region: string, key: string): Promise<void> {
    const { prefix, counters } = this.regions.named(region);
    counters.invalidations += 1;
    await this.engine.invalidator.name(`${prefix}:${key}`, prefix);
  }

  /**
   * Says that every value that carries `tag` is no longer true, in every process. A tag is one name for all regions: it is
   * counted in the region named here, and reaches whatever carries it.
   * @throws {RegionUnknownError} no region in use has this name
   */
  async invalidateTag(region: string, tag: string): Promise<void> {
    this.regions.named(region).counters.invalidations += 1;
    await this.engine.invalidator.tag(tag);
  }

  private async copiesOf(region: AnyRegion, name: string): Promise<EntryCopy[]> {
    const { near, shared, coherence, connection } = this.engine;
    const [nearest, envelope] = [near.peek(name), await shared.read(name)];
    const copies: EntryCopy[] = [];
    if (nearest) {
      const isCurrent = isServedNear(region, (ms) => coherence.bus.isCurrent(ms, performance.now()));
      const verdict = await coherence.judge(nearest.envelope, BY_THE_RECORDS);
      copies.push(nearCopyOf(nearest, { verdict, now: connection.clock.now(), isCurrent }));
    }
    if (envelope) {
      const verdict = await coherence.judge(envelope, BY_THE_RECORDS);
      copies.push(sharedCopyOf(envelope, { verdict, now: connection.clock.now(), region }));
    }
    return copies;
  }

  private described({ region, counters }: AnyRegionState): RegionDescription {
    const counts = countsOf(counters);
    const { near } = this.engine;
    const evictions = near.evictions.get(region.name) ?? { entries: 0, bytes: 0, memory: 0 };
    return {
      region: region.name,
      version: region.version,
      policy: policyOf(region),
      counters: { ...counts, near: { ...counts.near, ...near.keptOf(region.name), evictions: { ...evictions } } },
    };
  }
}

const isServedNear = ({ consistency }: AnyRegion, isCurrent: (ms: number) => boolean): boolean =>
  consistency.level !== 'bounded' || isCurrent(consistency.ms);

// Member by member: what a policy comes to have must be told here, or this does not compile.
const policyOf = (region: AnyRegion): PolicyDescription => ({
  ttlMs: region.ttlMs,
  staleWhileRevalidateMs: region.staleWhileRevalidateMs,
  staleIfErrorMs: region.staleIfErrorMs,
  absentMs: region.absentMs,
  near: region.near && {
    ttlMs: region.near.ttlMs,
    maxEntries: region.near.maxEntries === Infinity ? null : region.near.maxEntries,
  },
  consistency: region.consistency,
  partition: region.partition,
  jitter: region.jitter,
  earlyRefresh: region.earlyRefresh,
  softTimeoutMs: region.softTimeoutMs,
  hardTimeoutMs: region.hardTimeoutMs,
  maxBytes: region.maxBytes,
  maxBypassLoads: region.maxBypassLoads,
  ahead: region.ahead,
});
