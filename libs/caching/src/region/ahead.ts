import { days, minutes } from './durations.js';

/** How the values of a region are loaded before they are asked for, where the region is read by `@CacheAhead`. */
export interface AheadPolicy {
  /** After so long a read counts half; default 30 min. */
  readonly halfLifeMs?: number;
  /** After so long it counts half that two keys were read by one visitor; default 60 d. */
  readonly graphHalfLifeMs?: number;
  /** A key is kept warm from so many reads lately, each decayed; default 2. */
  readonly leastScore?: number;
  /** A guess is loaded from so much worth: about how many visitors read it beside what a visitor reads now; default 0.5. */
  readonly leastWorth?: number;
  /** How many values are loaded a tick at most; default 100. */
  readonly perTick?: number;
  /** What guesses may cost the source, as a share of the reads that it would have without them; default 0.2. */
  readonly share?: number;
  /** How many neighbours a read loads at once, in the process that read; default 0. */
  readonly prefetch?: number;
}

/** A policy that says everything. */
export const aheadOf = (policy: AheadPolicy = {}): Required<AheadPolicy> => ({
  halfLifeMs: minutes(30),
  graphHalfLifeMs: days(60),
  leastScore: 2,
  leastWorth: 0.5,
  perTick: 100,
  share: 0.2,
  prefetch: 0,
  ...policy,
});

const BOUNDS: Readonly<Record<keyof AheadPolicy, readonly [number, number]>> = {
  halfLifeMs: [1_000, days(365)],
  graphHalfLifeMs: [1_000, days(3_650)],
  leastScore: [0, 1_000_000],
  leastWorth: [0, 1_000_000],
  perTick: [0, 100_000],
  share: [0, 10],
  prefetch: [0, 16],
};

/** What of a policy is out of bounds. */
export const aheadFaults = (policy: Required<AheadPolicy>): string[] =>
  Object.entries(BOUNDS).flatMap(([field, [least, most]]) => {
    const value = policy[field as keyof AheadPolicy];
    return value >= least && value <= most ? [] : [`ahead.${field} is not from ${least} to ${most}`];
  });

/** What time it is for what is learned of reads: counts decay by it. */
export interface AheadClock {
  /** In ms since the epoch. */
  now(): number;
}
