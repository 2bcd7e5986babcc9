import { CALLERS, LOAD_MS, staleCrowds } from '../subjects/crowds.mjs';

const PROCESSES = 4;
const LIFETIMES = { ttlMs: 40, graceMs: 60_000, size: PROCESSES };

export default {
  row: 7,
  name: 'expired-within-grace',
  title: 'Expired within grace, 1,000 callers',
  setting: `${CALLERS.toLocaleString('en')} callers ask at once for a value that has just expired and may be served stale; its loader takes ${LOAD_MS} ms. The time is that of one process; the refreshes are those of ${PROCESSES} that ask together.`,
  rounds: 5,
  figures: { wall: 'ms', loads: 'refreshes' },
  cases: {
    larder: { label: 'Larder', note: '`staleWhileRevalidateMs`.', open: staleCrowds('larder', LIFETIMES) },
    'layered-loader': {
      label: 'layered-loader',
      note: 'Has no grace: in the window of `ttlLeftBeforeRefreshInMsecs`.',
      open: staleCrowds('layered-loader', LIFETIMES),
    },
    'cache-manager': {
      label: 'cache-manager',
      note: 'Has no grace: in the window of `refreshThreshold`.',
      open: staleCrowds('cache-manager', LIFETIMES),
    },
    bentocache: {
      label: 'BentoCache',
      note: '`grace`; `timeout` stays at its 0.',
      open: staleCrowds('bentocache', LIFETIMES),
    },
  },
  results: [
    {
      name: 'expired-within-grace',
      figure: 'wall',
      unit: 'ms',
      goals: [
        { against: 'ms', isAbsolute: true, most: 2 },
        { against: 'refreshes in the fleet', figure: 'loads', isAbsolute: true, most: 1 },
      ],
    },
  ],
};
