import type { Coherence } from '../coherence/coherence.js';
import { StoreUnavailableError } from '../errors.js';
import type { Envelope } from '../region/envelope.js';
import type { Region } from '../region/region.js';
import type { SharedRoom } from '../stores/shared-room.js';
import type { BatchReader } from './batch-reader.js';
import { nameOf } from './name.js';
import type { Regions } from './regions.js';

/** The bound that no memory of the bus is within. */
const BY_THE_RECORDS = -Infinity;

/** What the values that are loaded ahead go through. */
interface WarmingParts {
  readonly room: SharedRoom;
  readonly coherence: Coherence;
  readonly batchReader: BatchReader;
}

/**
 * What is done for reads that are still to come, in the shared store alone, as this process need not be the one that will be
 * asked. It counts as no read; while the shared store is away it does nothing.
 */
export class Warming {
  constructor(
    private readonly parts: WarmingParts,
    private readonly regions: Regions,
    private readonly clock: { now(): number },
  ) {}

  /**
   * Loads what of `list` is not kept or ceases to be fresh within `withinMs`, at most `most` values, in their order, and
   * answers for which that was done.
   * @throws the loader's own error, as it is
   */
  async preload<P, V>(
    region: Region<P, V>,
    list: readonly P[],
    { withinMs = 0, most = Infinity } = {},
  ): Promise<readonly P[]> {
    const { room, batchReader } = this.parts;
    const state = this.regions.of(region);
    const wanted = list.map((params) => ({ params, name: nameOf(state, params) }));
    const freshUntil = this.clock.now() + withinMs;
    const kept = await this.orIfAway(new Set<string>(), async () => {
      const seen = await room.heads(wanted.map(({ name }) => name));
      const isDue = await Promise.all(seen.map((envelope) => this.isDue(envelope, freshUntil)));
      const due = wanted.map((one, at) => ({ ...one, seen: seen[at] })).filter((_one, at) => isDue[at]);
      return batchReader.preload(state, due.slice(0, most));
    });
    return wanted.filter(({ name }) => kept.has(name)).map(({ params }) => params);
  }

  /** Counts what is kept of `list` as used now, in this order, so that a shared store that is full evicts others first. */
  async keepWarm<P, V>(region: Region<P, V>, list: readonly P[]): Promise<void> {
    const state = this.regions.of(region);
    const names = list.map((params) => nameOf(state, params));
    await this.orIfAway(undefined, () => this.parts.room.touch(names));
  }

  /** How many values the shared store has room for; infinite while it is not full. */
  room(): Promise<number> {
    return this.orIfAway(Infinity, () => this.parts.room.size());
  }

  private async isDue(envelope: Envelope | undefined, freshUntil: number): Promise<boolean> {
    if (!envelope || envelope.freshUntil <= freshUntil) return true;
    if (envelope.tags.length === 0) return false;
    return (await this.parts.coherence.judge(envelope, BY_THE_RECORDS)) !== 'valid';
  }

  private async orIfAway<T>(instead: T, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StoreUnavailableError) return instead;
      throw error;
    }
  }
}
