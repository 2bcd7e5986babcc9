import { StoreUnavailableError } from '../errors.js';
import type { Envelope } from '../region/envelope.js';
import type { SharedStore } from '../stores/shared.store.js';
import type { Fill, Filler } from './filler.js';
import type { Landing } from './flight.js';
import { startLoad } from './load.js';
import type { BatchLoader, RegionState } from './regions.js';

/** One of several values that are read together. */
export interface Wanted<P> {
  readonly params: P;
  readonly name: string;
}

/** How many values are loaded side by side where there is no batch loader. */
const LOADS_AT_ONCE = 8;

/** Loads what is missing of several values in one call of the batch loader, each under its own lease. */
export class BatchReader {
  constructor(
    private readonly shared: SharedStore,
    private readonly filler: Filler,
  ) {}

  /**
   * Fills those of `wanted` that are not kept yet and whose lease is free, by one call of the batch loader. The others,
   * and those that could not be kept, are left to single reads. A batch loader that fails fails all.
   */
  async fillMissing<P, V>(state: RegionState<P, V>, wanted: readonly Wanted<P>[]): Promise<Map<string, V>> {
    const { batchLoader } = state;
    if (!batchLoader || wanted.length < 2) return new Map();
    const granted = await this.orNone(this.leasesOfMissing(state, wanted));
    const landings = await this.fillTogether(state, granted, batchLoader);
    return new Map([...landings].map(([name, { value }]) => [name, value]));
  }

  /**
   * Loads `due`, each unless its lease is another's or it was replaced since it was `seen`, and answers the names of those
   * that were kept. It counts as no read. Of what was seen the head is enough.
   */
  async preload<P, V>(
    state: RegionState<P, V>,
    due: readonly (Wanted<P> & { readonly seen: Envelope | undefined })[],
  ): Promise<Set<string>> {
    const { batchLoader } = state;
    const leases = await Promise.all(due.map(({ name, seen }) => this.shared.lease(name, seen)));
    const granted = due.flatMap(({ params, name }, index): Fill<P, V>[] => {
      const lease = leases[index];
      return lease?.kind === 'granted' ? [{ state, params, name, token: lease.token }] : [];
    });
    const landings = batchLoader
      ? await this.fillTogether(state, granted, batchLoader)
      : await this.fillEach(state, granted);
    const kept = [...landings].filter(([, { stored }]) => stored).map(([name]) => name);
    state.counters.preloads += kept.length;
    return new Set(kept);
  }

  private async fillTogether<P, V>(
    state: RegionState<P, V>,
    granted: readonly Fill<P, V>[],
    batchLoader: BatchLoader<P, V>,
  ): Promise<Map<string, Landing<V>>> {
    const filled = new Map<string, Landing<V>>();
    if (granted.length === 0) return filled;
    const startedAt = performance.now();
    const before = await this.filler.positions();
    state.counters.loads += 1;
    const renewals = granted.map((fill) => this.filler.renewing(fill));
    const paramsList = granted.map(({ params }) => params);
    try {
      const load = startLoad(state.region, 0, (context, said) => {
        const fromSource = (): Promise<readonly V[]> => batchLoader(paramsList, context);
        return state.pendingWrites ? state.pendingWrites.overlaid(paramsList, said, fromSource) : fromSource();
      });
      const values = await load.value;
      const costMs = (performance.now() - startedAt) / granted.length;
      await Promise.all(
        granted.map(async (fill, index) => {
          filled.set(fill.name, await this.filler.keep(fill, values[index] as V, { costMs, before, said: load.said }));
        }),
      );
      return filled;
    } catch (error) {
      state.counters.loadFailures += 1;
      await Promise.all(granted.map((fill) => this.filler.giveBack(fill)));
      throw error;
    } finally {
      renewals.forEach(clearInterval);
    }
  }

  private async fillEach<P, V>(
    state: RegionState<P, V>,
    granted: readonly Fill<P, V>[],
  ): Promise<Map<string, Landing<V>>> {
    const filled = new Map<string, Landing<V>>();
    const waiting = [...granted];
    const { loader } = state;
    const work = async (): Promise<void> => {
      for (let fill = waiting.shift(); fill; fill = waiting.shift()) {
        try {
          if (loader) filled.set(fill.name, await this.filler.fill(fill, loader));
          else await this.filler.giveBack(fill);
        } catch (error) {
          await Promise.all(waiting.splice(0).map((rest) => this.filler.giveBack(rest)));
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: LOADS_AT_ONCE }, work));
    return filled;
  }

  private async leasesOfMissing<P, V>(state: RegionState<P, V>, wanted: readonly Wanted<P>[]): Promise<Fill<P, V>[]> {
    const kept = await Promise.all(wanted.map(({ name }) => this.shared.read(name)));
    const missing = wanted.filter((_, index) => kept[index] === undefined);
    const leases = await Promise.all(missing.map(({ name }) => this.shared.lease(name)));
    return missing.flatMap(({ params, name }, index) => {
      const lease = leases[index];
      return lease?.kind === 'granted' ? [{ state, params, name, token: lease.token }] : [];
    });
  }

  private async orNone<T>(found: Promise<T[]>): Promise<T[]> {
    try {
      return await found;
    } catch (error) {
      if (error instanceof StoreUnavailableError) return [];
      throw error;
    }
  }
}
