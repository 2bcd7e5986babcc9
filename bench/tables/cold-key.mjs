import { CALLERS, coldCrowds, LOAD_MS } from '../subjects/crowds.mjs';

export default {
  row: 5,
  name: 'cold-key',
  title: 'Cold key, 1,000 callers in one process',
  setting: `${CALLERS.toLocaleString('en')} callers ask at once for a key that nothing holds; its loader takes ${LOAD_MS} ms.`,
  rounds: 5,
  figures: { wall: 'ms', loads: 'loads', commands: 'Redis commands' },
  cases: {
    larder: { label: 'Larder', note: '`cache.read`, near and shared store.', open: coldCrowds(1, 'larder') },
    bare: { label: 'one shared promise', isLimit: true, note: 'No store at all.', open: coldCrowds(1, 'bare') },
    'layered-loader': { label: 'layered-loader', note: 'Both tiers, `get`.', open: coldCrowds(1, 'layered-loader') },
    'cache-manager': { label: 'cache-manager', note: 'Both tiers, `wrap`.', open: coldCrowds(1, 'cache-manager') },
    cacheable: { label: 'cacheable', note: 'Both tiers, `getOrSet`.', open: coldCrowds(1, 'cacheable') },
    bentocache: { label: 'BentoCache', note: 'Both tiers and bus, `getOrSet`.', open: coldCrowds(1, 'bentocache') },
  },
  results: [
    {
      name: 'cold-key',
      figure: 'wall',
      unit: 'ms',
      goals: [
        { against: 'bare', most: 1.25 },
        { against: 'loads', figure: 'loads', isAbsolute: true, most: 1 },
        { against: 'Redis commands', figure: 'commands', isAbsolute: true, most: 4 },
      ],
    },
  ],
};
