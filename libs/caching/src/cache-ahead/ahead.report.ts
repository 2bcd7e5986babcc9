import type { AheadModel } from './ahead.model.js';
import type { PreloadCounts } from './preload-ledger.js';

const HOTTEST = 20;
const FOLLOWERS = 5;

/** A key that is read much, and what follows it. */
export interface HotReport {
  /** The region's parameters as canonical JSON. */
  readonly key: string;
  /** How often it was read lately, decayed. */
  readonly score: number;
  readonly followers: readonly { readonly key: string; readonly weight: number }[];
}

/** What was learned of a region, and what became of it. */
export interface AheadReport extends PreloadCounts {
  /** How many keys are hot enough to be told apart. */
  readonly tracked: number;
  readonly budget: {
    /** How many values may be loaded a tick. */
    readonly perTick: number;
    /** How many the last tick loaded. */
    readonly spent: number;
  };
  readonly hottest: readonly HotReport[];
  /** What a process that starts warms: the hottest keys, the hottest first. */
  readonly warm: readonly string[];
}

const WARM = 256;
const twoDigits = (amount: number): number => Math.round(amount * 100) / 100;

/** The report of a model as of `at`. */
export const reportOf = (model: AheadModel, at: number, budget: AheadReport['budget']): AheadReport => {
  const hottest = model.hottest(WARM, 0, at);
  return {
    tracked: model.hot.size,
    ...model.ledger.counts,
    budget,
    hottest: hottest.slice(0, HOTTEST).map(({ key, score }) => ({
      key,
      score: twoDigits(score),
      followers: model.neighboursOf(key, at, FOLLOWERS).map(({ key: next, weight }) => ({
        key: next,
        weight: twoDigits(weight),
      })),
    })),
    warm: hottest.map(({ key }) => key),
  };
};
