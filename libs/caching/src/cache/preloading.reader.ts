import type { Coherence } from '../coherence/coherence.js';
import { StoreUnavailableError } from '../errors.js';
import type { Envelope } from '../region/envelope.js';
import type { SharedStore } from '../stores/shared.store.js';
import type { BatchReader, Wanted } from './batch-reader.js';
import type { RegionState } from './regions.js';

/** The bound that no memory of the bus is within. */
const BY_THE_RECORDS = -Infinity;

/** Loads ahead of any read, into the shared store alone: this process need not be the one that will be asked. */
export class PreloadingReader {
  constructor(
    private readonly shared: SharedStore,
    private readonly coherence: Coherence,
    private readonly batchReader: BatchReader,
    private readonly clock: { now(): number },
  ) {}

  /**
   * Loads those of `wanted` that are not kept or cease to be fresh within `withinMs`, `most` of them, in their order, and
   * answers the names of those that were kept. None while the shared store is away.
   */
  async preload<P, V>(
    state: RegionState<P, V>,
    wanted: readonly Wanted<P>[],
    { withinMs, most }: { readonly withinMs: number; readonly most: number },
  ): Promise<ReadonlySet<string>> {
    try {
      const freshUntil = this.clock.now() + withinMs;
      const seen = await Promise.all(wanted.map(({ name }) => this.shared.read(name)));
      const isDue = await Promise.all(seen.map((envelope) => this.isDue(envelope, freshUntil)));
      const due = wanted.map((one, at) => ({ ...one, seen: seen[at] })).filter((_one, at) => isDue[at]);
      return await this.batchReader.preload(state, due.slice(0, most));
    } catch (error) {
      if (error instanceof StoreUnavailableError) return new Set();
      throw error;
    }
  }

  private async isDue(envelope: Envelope | undefined, freshUntil: number): Promise<boolean> {
    if (!envelope || envelope.freshUntil <= freshUntil) return true;
    if (envelope.tags.length === 0) return false;
    return (await this.coherence.judge(envelope, BY_THE_RECORDS)) !== 'valid';
  }
}
