import type { Envelope } from '../region/envelope.js';
import { openEnvelope } from '../region/opening.js';
import type { Invalidator } from './invalidator.js';
import { nameOf } from './name.js';
import type { Reader } from './reader.js';
import type { RegionState } from './regions.js';
import { amendedEnvelope } from './seal.js';

/** A value as the shared store keeps it. */
export interface KeptValue<V> {
  readonly envelope: Envelope;
  readonly value: V;
}

/** Changes what the shared store keeps, where that is still what was looked at. */
export class Amender {
  constructor(
    private readonly reader: Reader,
    private readonly invalidator: Invalidator,
    private readonly clock: { now(): number },
  ) {}

  /** See `Cache.kept`. */
  async kept<P, V>(state: RegionState<P, V>, params: P): Promise<KeptValue<V> | undefined> {
    const envelope = await this.reader.kept(nameOf(state, params));
    return envelope && { envelope, value: openEnvelope(envelope) as V };
  }

  /** See `Cache.amend`. */
  async amend<P, V>(state: RegionState<P, V>, params: P, kept: KeptValue<V>, value: V): Promise<boolean> {
    const envelope = amendedEnvelope(state.region, params, value, { kept: kept.envelope, now: this.clock.now() });
    const named = { name: nameOf(state, params), prefix: state.prefix };
    return envelope ? this.invalidator.amend(named, kept.envelope, envelope) : false;
  }

  /** See `Cache.doubt`. */
  async doubt<P, V>(state: RegionState<P, V>, params: P): Promise<void> {
    const named = { name: nameOf(state, params), prefix: state.prefix };
    const kept = await this.reader.kept(named.name);
    const now = this.clock.now();
    if (kept && kept.errorUntil > now && state.region.staleIfErrorMs > 0) {
      const { errorUntil, writtenAt, version, costMs, tags, validator, body } = kept;
      const doubted = {
        freshUntil: now,
        staleUntil: now,
        errorUntil,
        writtenAt,
        version,
        costMs,
        tags,
        validator,
        body,
      };
      if (await this.invalidator.amend(named, kept, doubted)) return;
    }
    await this.invalidator.name(named.name, named.prefix);
  }
}
