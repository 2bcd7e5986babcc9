import { isFloored } from '../coherence/read-floor.js';
import { RegionRefusedError, StoreUnavailableError } from '../errors.js';
import { opened } from '../stores/near.entry.js';
import type { NearStore } from '../stores/near.store.js';
import { loaderOf, type Asked } from './asked.js';
import type { Landing } from './flight.js';
import { loadOver, startLoad } from './load.js';
import { seal } from './seal.js';

/** Reads while the shared store is away: what the region's partition policy says, and the source. */
export class SourceReader {
  constructor(
    private readonly near: NearStore,
    private readonly clock: { now(): number },
  ) {}

  /**
   * @throws {RegionRefusedError} the region is not served while its shared store is away
   * @throws the loader's own error, when no near copy may stand in for it
   */
  async read<P, V>(asked: Asked<P, V>): Promise<Landing<V>> {
    const { region, counters } = asked.state;
    if (region.partition === 'refuse') throw new RegionRefusedError(region.name);
    if (region.partition === 'serve-stale') {
      const stale = this.nearCopy(asked);
      if (stale) {
        counters.partitionStale += 1;
        return stale;
      }
    }
    try {
      return await this.load(asked);
    } catch (error) {
      const stale = this.nearCopy(asked);
      if (stale) return stale;
      throw error;
    }
  }

  /**
   * A load past every store.
   * @throws {StoreUnavailableError} as many loads as the region allows were under way for all of its hard timeout
   */
  async load<P, V>(asked: Asked<P, V>): Promise<Landing<V>> {
    const { state, params } = asked;
    const { region, counters } = state;
    const loader = loaderOf(asked);
    const isFree = await state.bypassSlots.enter(region.maxBypassLoads, region.hardTimeoutMs);
    if (!isFree) throw new StoreUnavailableError();
    counters.loads += 1;
    try {
      const load = startLoad(region, 0, (context, said) =>
        loadOver(state.pendingWrites, params, said, () => loader(params, context)),
      );
      const { value } = seal(region, await load.value);
      const { isPendingUnknown } = load.said;
      return {
        ...({ envelope: undefined, outcome: 'bypass', tier: 'source', stored: false, ageMs: 0 } as const),
        ...{ value, isPendingUnknown },
      };
    } catch (error) {
      counters.loadFailures += 1;
      throw error;
    } finally {
      state.bypassSlots.leave();
    }
  }

  private nearCopy<P, V>({ name }: Asked<P, V>): Landing<V> | undefined {
    const kept = this.near.entry(name);
    const now = this.clock.now();
    if (!kept || now >= kept.envelope.errorUntil || isFloored()) return undefined;
    const ageMs = now - kept.envelope.writtenAt;
    return { value: opened(kept) as V, envelope: kept.envelope, outcome: 'stale', tier: 'near', stored: false, ageMs };
  }
}
