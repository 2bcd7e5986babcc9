import type { CacheRead } from '@larder/caching';
import { cacheStatus, staleAgeMs } from './cache.status.js';

const read = (part: Partial<CacheRead>): CacheRead => ({
  region: 'product',
  outcome: 'hit',
  tier: 'near',
  stored: false,
  collapsed: false,
  ageMs: 0,
  ...part,
});
const near = read({});
const shared = read({ tier: 'shared' });
const stale = read({ outcome: 'stale', tier: 'near', ageMs: 90_000 });
const kept = read({ outcome: 'miss', tier: 'source', stored: true });
const refused = read({ outcome: 'miss', tier: 'source' });
const bypass = read({ outcome: 'bypass', tier: 'source' });

describe('Cache-Status', () => {
  it.each([
    [[], undefined],
    [[near], 'larder; hit; detail=near'],
    [[near, shared, near], 'larder; hit; detail=shared'],
    [[shared, stale], 'larder; hit; detail=stale'],
    [[near, kept], 'larder; fwd=uri-miss; stored'],
    [[kept, refused], 'larder; fwd=uri-miss'],
    [[{ ...kept, collapsed: true }], 'larder; fwd=uri-miss; stored; collapsed'],
    [[kept, bypass], 'larder; fwd=bypass'],
  ])('of %j is %p: what was farthest counts', (reads, status) => {
    expect(cacheStatus(reads)).toBe(status);
  });

  it('tells the age of the oldest stale value, and none of fresh ones', () => {
    expect(staleAgeMs([near, stale, { ...stale, ageMs: 10 }])).toBe(90_000);
    expect(staleAgeMs([near, kept])).toBeUndefined();
  });
});
