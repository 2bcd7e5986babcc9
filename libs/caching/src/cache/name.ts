import { encodeKey } from '../region/key.js';
import type { Place } from '../stores/tiny-lfu.js';
import type { RegionState } from './regions.js';

const MOST_REMEMBERED = 16_384;
const LONGEST_REMEMBERED = 128;

/**
 * What a value is called in every store, by its region, version and encoded key, and its place in the near store. Those
 * of short string keys are remembered, so a value that is read again is looked up by the same string and found at once.
 */
export const placeOf = <P, V>(state: RegionState<P, V>, params: P): Place => {
  const key = state.region.key(params);
  if (typeof key === 'string') {
    const known = state.places.get(key);
    if (known !== undefined) return known;
  }
  const place = { name: `${state.prefix}:${encodeKey(key)}`, slot: 0 };
  if (typeof key === 'string' && key.length <= LONGEST_REMEMBERED) remember(state.places, key, place);
  return place;
};

/** What a value is called in every store. */
export const nameOf = <P, V>(state: RegionState<P, V>, params: P): string => placeOf(state, params).name;

const remember = (places: Map<string, Place>, key: string, place: Place): void => {
  if (places.size >= MOST_REMEMBERED) places.clear();
  places.set(key, place);
};
