import { CALLERS, coldCrowds, LOAD_MS } from '../subjects/crowds.mjs';

const PROCESSES = 4;

export default {
  row: 6,
  name: 'cold-key-fleet',
  title: 'Cold key, 1,000 callers in each of 4 processes',
  setting: `${CALLERS.toLocaleString('en')} callers in each of ${PROCESSES} processes ask at once for a key that nothing holds; its loader takes ${LOAD_MS} ms. The time is the slowest process’s.`,
  rounds: 5,
  figures: { wall: 'ms', loads: 'loads', commands: 'Redis commands' },
  cases: {
    larder: {
      label: 'Larder',
      note: 'A lease in Redis; the bus wakes who waits.',
      open: coldCrowds(PROCESSES, 'larder'),
    },
    bare: { label: 'one shared promise a process', note: 'No store at all.', open: coldCrowds(PROCESSES, 'bare') },
    'layered-loader': {
      label: 'layered-loader',
      note: 'Both tiers, `get`.',
      open: coldCrowds(PROCESSES, 'layered-loader'),
    },
    'cache-manager': {
      label: 'cache-manager',
      note: 'Both tiers, `wrap`.',
      open: coldCrowds(PROCESSES, 'cache-manager'),
    },
    cacheable: { label: 'cacheable', note: 'Both tiers, `getOrSet`.', open: coldCrowds(PROCESSES, 'cacheable') },
    bentocache: {
      label: 'BentoCache',
      note: 'Both tiers and bus, `getOrSet`.',
      open: coldCrowds(PROCESSES, 'bentocache'),
    },
  },
  results: [
    {
      name: 'cold-key-fleet',
      figure: 'wall',
      unit: 'ms',
      goals: [
        { against: 'ms, the loader and 5', isAbsolute: true, most: LOAD_MS + 5 },
        { against: 'loads', figure: 'loads', isAbsolute: true, most: 1 },
      ],
    },
  ],
};
