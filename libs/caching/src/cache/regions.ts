import type { CachingOptions } from '../caching.options.js';
import { RegionCounters, type Counters } from '../events/counters.js';
import { RegionDuplicateError, RegionInvalidError, RegionUnknownError } from '../errors.js';
import { overridden } from '../region/override.js';
import type { AnyRegion, Region } from '../region/region.js';
import type { Place } from '../stores/tiny-lfu.js';
import type { Flight } from './flight.js';
import type { Keeping } from './loader-said.js';
import type { PendingWrites } from './pending-writes.js';
import { LoadSlots } from './load-slots.js';
import { RetryPauses } from './retry-pauses.js';

/** What a loader is told about the load, and may say about its value. */
export interface LoadContext {
  /** Aborted when the hard timeout passes: a loader that can stop should. */
  readonly signal: AbortSignal;
  /** The version of the kept value that the load would replace; 0 when there is none or it has none. */
  readonly replacesVersion: number;
  /** Keeps the value otherwise than its region says. For a batch: every value of it. */
  keep(keeping: Keeping): void;
  /** The value is answered and not kept. */
  doNotKeep(): void;
  /**
   * The last position of the write log that the source had applied to the value; for a batch, to each in the order asked.
   * Where writes may be pending, a loader that does not say has all of them laid over its value.
   */
  applied(...positions: readonly number[]): void;
  /** To be returned when the value that the load would replace is still true: it is kept on, for a new lifetime. */
  readonly unchanged: never;
}

/** Reads one value from the source; `null` is its absence. */
export type Loader<P, V> = (params: P, context: LoadContext) => Promise<V>;
/** Reads many values from the source, in the order asked. */
export type BatchLoader<P, V> = (params: readonly P[], context: LoadContext) => Promise<readonly V[]>;

/** A region in this process: its policy, what loads it, and what is going on in it. */
export interface RegionState<P, V> {
  readonly region: Region<P, V>;
  /** What every name of the region begins with. */
  readonly prefix: string;
  readonly counters: RegionCounters;
  /** The names that were made of string keys, to be used again, and where in the near store they were found last. */
  readonly places: Map<string, Place>;
  /** How lately this node must have read the bus to serve a near copy, in ms; below 0 none is served at all. */
  readonly heardWithinMs: number;
  readonly flights: Map<string, Flight<V>>;
  readonly refreshing: Set<string>;
  readonly retryPauses: RetryPauses;
  /** Of loads while the shared store is away. */
  readonly bypassSlots: LoadSlots;
  loader: Loader<P, V> | undefined;
  batchLoader: BatchLoader<P, V> | undefined;
  /** In a region whose writes may wait in a log. */
  pendingWrites: PendingWrites<P, V> | undefined;
}

/** A state whose shapes do not matter to the one who holds it. */
export type AnyRegionState = Pick<RegionState<never, never>, 'region' | 'prefix' | 'counters'> & {
  readonly flights: Map<string, Pick<Flight<unknown>, 'isVoid'>>;
};

const heardWithinMs = <P, V>({ near, consistency }: Region<P, V>): number => {
  if (!near || consistency.level === 'latest') return -1;
  return consistency.level === 'bounded' ? consistency.ms : Infinity;
};

/** The regions that this process uses. */
export class Regions {
  private readonly states = new Map<AnyRegion, AnyRegionState>();
  private readonly byName = new Map<string, AnyRegionState>();

  constructor(
    private readonly counters: Counters,
    private readonly overrides: CachingOptions['regions'] = {},
  ) {}

  /** The state of a region, given as it was declared or as it is in force. @throws {RegionDuplicateError} another has the same name */
  of<P, V>(region: Region<P, V>): RegionState<P, V> {
    const known = this.states.get(region);
    return (known ?? this.add(region)) as unknown as RegionState<P, V>;
  }

  /** @throws {RegionUnknownError} no region in use has this name */
  named(name: string): AnyRegionState {
    const state = this.byName.get(name);
    if (!state) throw new RegionUnknownError(name);
    return state;
  }

  all(): AnyRegionState[] {
    return [...this.byName.values()];
  }

  /** @throws {RegionInvalidError} an override names a region that this process does not have */
  checkOverrides(): void {
    for (const name of Object.keys(this.overrides ?? {})) {
      if (!this.byName.has(name))
        throw new RegionInvalidError(name, ['an override names it, but no region is called so']);
    }
  }

  private add<P, V>(declared: Region<P, V>): AnyRegionState {
    if (this.byName.has(declared.name)) throw new RegionDuplicateError(declared.name);
    const region = overridden(declared, this.overrides?.[declared.name]);
    const state: RegionState<P, V> = {
      region,
      prefix: `${region.name}.${region.version}`,
      counters: this.counters.of(region.name),
      places: new Map(),
      heardWithinMs: heardWithinMs(region),
      flights: new Map(),
      refreshing: new Set(),
      retryPauses: new RetryPauses(),
      bypassSlots: new LoadSlots(),
      loader: undefined,
      batchLoader: undefined,
      pendingWrites: undefined,
    };
    const erased = state as unknown as AnyRegionState;
    this.states.set(declared, erased);
    this.states.set(region, erased);
    this.byName.set(region.name, erased);
    return erased;
  }
}
