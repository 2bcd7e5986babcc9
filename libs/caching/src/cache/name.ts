import { encodeKey } from '../region/key.js';
import type { RegionState } from './regions.js';

const MOST_REMEMBERED = 16_384;
const LONGEST_REMEMBERED = 128;

/**
 * What a value is called in every store: region, version and encoded key. The names of short string keys are remembered,
 * so a value that is read again is looked up by the same string, which has its hash already.
 */
export const nameOf = <P, V>(state: RegionState<P, V>, params: P): string => {
  const { names, prefix } = state;
  const key = state.region.key(params);
  if (typeof key !== 'string' || key.length > LONGEST_REMEMBERED) return `${prefix}:${encodeKey(key)}`;
  const known = names.get(key);
  if (known !== undefined) return known;
  const name = `${prefix}:${encodeKey(key)}`;
  if (names.size >= MOST_REMEMBERED) names.clear();
  names.set(key, name);
  return name;
};
