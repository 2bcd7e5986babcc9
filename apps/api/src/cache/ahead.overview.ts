import type { AheadReport } from '@larder/caching';
import type { AheadAnswer } from './ahead.answers.js';

const HOTTEST = 20;

type Counts = Omit<AheadAnswer, 'hottest' | 'regions'>;

const NOTHING: Counts = { tracked: 0, preloaded: 0, used: 0, wasted: 0, budget: { perTick: 0, spent: 0 } };

const countsOf = ({ tracked, preloaded, used, wasted, budget: { perTick, spent } }: AheadReport): Counts => ({
  ...{ tracked, preloaded, used, wasted },
  budget: { perTick, spent },
});

const sum = (one: Counts, other: Counts): Counts => ({
  tracked: one.tracked + other.tracked,
  preloaded: one.preloaded + other.preloaded,
  used: one.used + other.used,
  wasted: one.wasted + other.wasted,
  budget: {
    perTick: one.budget.perTick + other.budget.perTick,
    spent: one.budget.spent + other.budget.spent,
  },
});

/** The reports of regions in one view, their keys as the regions encode them; zeros where nothing is reported yet. */
export const aheadOf = (
  reports: ReadonlyMap<string, AheadReport>,
  encode: (region: string, params: unknown) => string,
): AheadAnswer => {
  const regions = [...reports].map(([region, report]) => ({ region, ...countsOf(report) }));
  const hottest = [...reports].flatMap(([region, report]) => {
    const named = (key: string): string => `${region}:${encode(region, JSON.parse(key))}`;
    return report.hottest.map(({ key, score, followers }) => ({
      key: named(key),
      score,
      followers: followers.map(({ key: next, weight }) => ({ key: named(next), weight })),
    }));
  });
  return {
    ...regions.reduce<Counts>(sum, NOTHING),
    hottest: hottest.sort((one, other) => other.score - one.score).slice(0, HOTTEST),
    regions,
  };
};
