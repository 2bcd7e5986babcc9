import { StoreUnavailableError } from '../errors.js';
import type { SharedStore } from '../stores/shared.store.js';
import type { Fill, Filler } from './filler.js';
import { startLoad } from './load.js';
import type { RegionState } from './regions.js';

/** One of several values that are read together. */
export interface Wanted<P> {
  readonly params: P;
  readonly name: string;
}

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
    const filled = new Map<string, V>();
    const batchLoader = state.batchLoader;
    if (!batchLoader || wanted.length < 2) return filled;
    const granted = await this.leases(state, wanted);
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
          const landing = await this.filler.keep(fill, values[index] as V, { costMs, before, said: load.said });
          filled.set(fill.name, landing.value);
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

  private async leases<P, V>(state: RegionState<P, V>, wanted: readonly Wanted<P>[]): Promise<Fill<P, V>[]> {
    try {
      const kept = await Promise.all(wanted.map(({ name }) => this.shared.read(name)));
      const missing = wanted.filter((_, index) => kept[index] === undefined);
      const leases = await Promise.all(missing.map(({ name }) => this.shared.lease(name)));
      return missing.flatMap(({ params, name }, index) => {
        const lease = leases[index];
        return lease?.kind === 'granted' ? [{ state, params, name, token: lease.token }] : [];
      });
    } catch (error) {
      if (error instanceof StoreUnavailableError) return [];
      throw error;
    }
  }
}
