import type { CacheRead } from '@larder/caching';

const DISTANCES = { stale: 2, miss: 3, bypass: 4 } as const;

/** How far from a fresh near hit each outcome is: an answer made of several reads is named after its farthest. */
const distance = ({ outcome, tier }: CacheRead): number => {
  if (outcome === 'hit') return tier === 'near' ? 0 : 1;
  return DISTANCES[outcome];
};

/** `Cache-Status` (RFC 9211) of an answer made from these reads; `undefined` when the cache was not asked. */
export const cacheStatus = (reads: readonly CacheRead[]): string | undefined => {
  const [first, ...others] = reads;
  if (first === undefined) return undefined;
  const farthest = others.reduce((known, read) => (distance(read) > distance(known) ? read : known), first);
  if (farthest.outcome === 'hit') return `larder; hit; detail=${farthest.tier}`;
  if (farthest.outcome === 'stale') return 'larder; hit; detail=stale';
  const detail = reads.some((read) => read.isPendingUnknown) ? '; detail=pending-unknown' : '';
  if (farthest.outcome === 'bypass') return `larder; fwd=bypass${detail}`;
  const misses = reads.filter(({ outcome }) => outcome === 'miss');
  const stored = misses.every((read) => read.stored) ? '; stored' : '';
  return `larder; fwd=uri-miss${stored}${misses.some((read) => read.collapsed) ? '; collapsed' : ''}${detail}`;
};

/** The age in ms of the oldest stale value among these reads; `undefined` when all were fresh. */
export const staleAgeMs = (reads: readonly CacheRead[]): number | undefined => {
  const ages = reads.filter(({ outcome }) => outcome === 'stale').map(({ ageMs }) => ageMs);
  return ages.length > 0 ? Math.max(...ages) : undefined;
};
