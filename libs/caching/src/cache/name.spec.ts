import { Counters } from '../events/counters.js';
import { defineRegion } from '../region/region.js';
import type { Key } from '../region/key.js';
import { nameOf, placeOf } from './name.js';
import { Regions, type RegionState } from './regions.js';

const aState = (): RegionState<Key, number> =>
  new Regions(new Counters()).of(
    defineRegion<Key, number>({ name: 'own', version: 3, key: (key) => key, ttlMs: 1_000 }),
  );

describe('the place of a value', () => {
  it('bears its region, version and encoded key', () => {
    const state = aState();

    expect(['a', 'a b', ['a', 1]].map((key) => nameOf(state, key))).toEqual(['own.3:a', 'own.3:a%20b', 'own.3::a:#1:']);
    expect(nameOf(state, 'a b')).toBe('own.3:a%20b');
  });

  it('is the same each time for a short string, and equal for every other key', () => {
    const state = aState();

    expect(placeOf(state, 'a')).toBe(placeOf(state, 'a'));
    for (const key of [['a'], 'x'.repeat(200)]) expect(placeOf(state, key)).toEqual(placeOf(state, key));
    expect([...state.places.keys()]).toEqual(['a']);
  });

  it('is remembered for so many keys at most', () => {
    const state = aState();
    const first = nameOf(state, 'key-0');

    for (let id = 0; id < 40_000; id += 1) nameOf(state, `key-${id}`);

    expect(state.places.size).toBeLessThanOrEqual(16_384);
    expect(nameOf(state, 'key-0')).toBe(first);
  });
});
