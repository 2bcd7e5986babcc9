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
    /** Whether nothing was heard against an envelope while it was on its way. */
    private readonly isUndisputed: (envelope: Envelope) => boolean,
  ) {}

  lease<P, V>({ state, name }: Asked<P, V>): NearLease {
    const { region } = state;
    const policy = region.near;
    if (!this.isOn || !policy) return NO_LEASE;
    const { token } = this.near.lease(name);
    return {
      keep: ({ value, envelope, outcome, stored }) => {
        if (!envelope || !(outcome === 'hit' || stored) || !this.isUndisputed(envelope)) return;
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
        this.near.keep(name, token, copy, policy.maxEntries);
      },
      end: () => this.near.release(name, token),
    };
  }
}
