import { LoaderMissingError } from '../errors.js';
import type { Loader, RegionState } from './regions.js';

/** One value that somebody asked for. */
export interface Asked<P, V> {
  readonly state: RegionState<P, V>;
  readonly params: P;
  readonly name: string;
  /** The caller's own loader; without it the region's. */
  readonly loader: Loader<P, V> | undefined;
  /** The caller's loader is good for this call alone: a refresh in the background needs the region's. */
  readonly isBound?: boolean;
}

/** @throws {LoaderMissingError} neither the caller nor the region has a loader */
export const loaderOf = <P, V>({ state, loader }: Asked<P, V>): Loader<P, V> => {
  const found = loader ?? state.loader;
  if (!found) throw new LoaderMissingError(state.region.name);
  return found;
};
