import type { Coherence } from '../coherence/coherence.js';
import type { Envelope } from '../region/envelope.js';
import type { AnyRegion } from '../region/region.js';
import type { NearStore } from '../stores/near.store.js';
import type { Asked } from './asked.js';
import type { Landing } from './flight.js';

/** The right to keep a near copy of what a read brings, lost when the name is invalidated meanwhile. */
export interface NearLease {
  keep(landing: Landing<unknown>): void;
  end(): void;
}

const NO_LEASE: NearLease = { keep: () => undefined, end: () => undefined };

/** XFetch: the dearer a load, the earlier its refresh, at random (Vattani et al. 2015); on the shared clock. */
export const earlyRefreshAt = (region: AnyRegion, { freshUntil, costMs }: Envelope): number =>
  region.earlyRefresh === 0 ? Infinity : freshUntil + costMs * region.earlyRefresh * Math.log(1 - Math.random());

/** Keeps near copies of what reads bring, no longer than their envelopes allow. */
export class NearFiller {
  constructor(
    private readonly near: NearStore,
    private readonly clock: { now(): number },
    private readonly isOn: boolean,
    private readonly coherence: Coherence,
  ) {}

  /** For a load: the right to keep is exactly that of its name. */
  lease<P, V>(asked: Asked<P, V>): NearLease {
    const { name, state } = asked;
    if (!this.isOn || !state.region.near) return NO_LEASE;
    const { token } = this.near.lease(name);
    return {
      keep: (landing) => {
        if (this.near.holds(name, token)) this.keep(asked, landing);
      },
      end: () => this.near.release(name, token),
    };
  }

  /** Keeps what a read brought; the caller knows that nothing was said against the name meanwhile. */
  keep<P, V>({ state, name }: Asked<P, V>, { value, envelope, outcome, stored }: Landing<unknown>): void {
    const { region } = state;
    const policy = region.near;
    if (!this.isOn || !policy || !envelope || !(outcome === 'hit' || stored)) return;
    if (!this.coherence.isUndisputed(envelope)) return;
    const now = this.clock.now();
    const toMonotonic = performance.now() - now;
    const { freshUntil, staleUntil, errorUntil } = envelope;
    const copy = {
      envelope,
      value,
      region: region.name,
      freshUntil: Math.min(freshUntil, now + policy.ttlMs) + toMonotonic,
      refreshAfter: earlyRefreshAt(region, envelope) + toMonotonic,
      uselessAfter: Math.max(freshUntil, staleUntil, errorUntil) + toMonotonic,
    };
    this.near.put(name, copy, policy.maxEntries);
    // Of several reads under way, the first to end keeps; a later one may bring what is older.
    this.coherence.voidings.name(name);
  }
}
