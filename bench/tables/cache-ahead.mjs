import { VirtualTime } from '../harness/virtual-time.mjs';
import { clicksOf } from '../subjects/clicks.mjs';
import { openAhead, openNone, openTopN } from '../subjects/preloaders.mjs';
import { replay } from '../subjects/replay.mjs';
import { CHAINS, chains, SAME_SHAPE, sameShape } from '../subjects/visits.mjs';

/** The file of clicks, where `--file` names one. */
const FILE = process.env.LARDER_BENCH_CLICKS;
const YEAR_MS = 365 * 86_400_000;
const SEEDS = [11, 12, 13, 14, 15];
const SHARES = { 1: 0.01, 5: 0.05, 20: 0.2 };

/** What is played, by name: the views, and how many items there are. */
const STREAMS = {
  ...(FILE && { clicks: { sizes: [1, 5, 20], views: () => [clicksOf(FILE)] } }),
  chains: { sizes: [5], views: () => SEEDS.map((seed) => chains(seed)), items: CHAINS.items },
  'same-shape': { sizes: [5], views: () => [sameShape(1)], items: SAME_SHAPE.items },
};
const PLAYED = Object.entries(STREAMS).flatMap(([name, { sizes }]) => sizes.map((size) => [name, size]));

/** The same views, from now on: a process's time goes ahead only. */
const fromNow = (views, time) => {
  const shift = time.now() - views[0].at + 60_000;
  return views.map((view) => ({ ...view, at: view.at + shift }));
};

const playing = (openWork) => async () => {
  const time = await VirtualTime.begin(Date.UTC(2026, 0, 1));
  const play = async ({ views, items }, size) => {
    const known = items ?? new Set(views.map(({ id }) => id)).size;
    const entries = Math.round(known * SHARES[size]);
    return replay({ views: fromNow(views, time), entries, policy: { ttlMs: YEAR_MS }, time, openWork });
  };
  const measure = async () => {
    const figures = {};
    for (const [name, size] of PLAYED) {
      const { views, items } = STREAMS[name];
      const outcomes = [];
      for (const list of views()) outcomes.push(await play({ views: list, items }, size));
      const sum = (field) => outcomes.reduce((total, outcome) => total + outcome[field], 0);
      figures[`${name} ${size}`] = (sum('hits') / sum('views')) * 100;
      figures[`${name} ${size} reads`] = (sum('demanded') + sum('preloads')) / sum('views');
      figures[`${name} ${size} used`] = sum('preloads') === 0 ? 0 : sum('used') / sum('preloads');
    }
    return figures;
  };
  return { measure, close: () => undefined };
};

const POINTS = { 'clicks 1': 2, 'clicks 5': 2, 'clicks 20': 1, 'chains 5': 10, 'same-shape 5': 0 };

const goalsOf = (stream, size) => [
  { against: 'none', least: POINTS[`${stream} ${size}`], isDifference: true },
  ...(stream === 'same-shape' ? [] : [{ against: 'top-n', least: stream === 'chains' ? 3 : 0, isDifference: true }]),
  ...(stream === 'clicks' ? [{ against: 'none', figure: `clicks ${size} reads`, most: 1.2 }] : []),
  ...(stream === 'chains'
    ? [{ against: 'preloads used', figure: `chains ${size} used`, least: 0.5, isAbsolute: true }]
    : []),
];

export default {
  row: 26,
  name: 'cache-ahead',
  title: 'Loaded ahead',
  setting:
    'Every view is a read through a process of its own, over a near store and a Redis that each have room for so many percent of the items; a second process learns and loads, a tick every 10 s of the time that is played. Nothing expires.',
  notes: [
    'clicks: the file that `--file` names, by day, visit and time within the visit; visits one after the other, evenly over their day.',
    `chains: ${CHAINS.days} days of ${CHAINS.visitsADay} visits over ${CHAINS.items} items, Zipf ${CHAINS.exponent}, ${CHAINS.follows * 100} % go on to one of three successors, ${CHAINS.drifts * 100} % of the items change their rank each day; seeds ${SEEDS.join(', ')}.`,
    `same-shape: Zipf ${SAME_SHAPE.exponent} over ${SAME_SHAPE.items} items, ${SAME_SHAPE.seenAgain * 100} % seen again in a visit, no chains; seed 1.`,
    'reads: of the source, for each view, preloads included; used: the share of preloads that a view found before they were gone.',
  ],
  rounds: 1,
  lives: 1,
  isWarmed: false,
  isMoreBetter: true,
  plotted: PLAYED[0].join(' '),
  figures: Object.fromEntries(
    ['clicks 1', 'clicks 5', 'clicks 20', 'chains 5', 'same-shape 5'].flatMap((name) => [
      [name, `% hits, ${name} %`],
      [`${name} reads`, `reads, ${name} %`],
      [`${name} used`, `used, ${name} %`],
    ]),
  ),
  cases: {
    larder: { label: 'Larder', note: 'Recorder, learner, job and defaults as shipped.', open: playing(openAhead) },
    none: { label: 'nothing ahead', note: 'The same caches.', open: playing(openNone) },
    'top-n': {
      label: 'top N',
      note: 'What was viewed five times or more, every five minutes, up to half of the store.',
      open: playing(openTopN),
    },
  },
  results: PLAYED.map(([stream, size]) => ({
    name: `hit ratio, ${stream} ${size} %`,
    figure: `${stream} ${size}`,
    unit: '% hits',
    goals: goalsOf(stream, size),
  })),
};
