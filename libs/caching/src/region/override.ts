import { defineRegion, type Region, type RegionPolicy } from './region.js';

/**
 * The region with some of its numbers and policies replaced.
 * @throws {RegionInvalidError} a replaced number is out of bounds
 */
export const overridden = <P, V>(region: Region<P, V>, override: Partial<RegionPolicy> | undefined): Region<P, V> => {
  if (!override) return region;
  const { near } = region;
  const isNearGiven = override.near !== undefined;
  return defineRegion<P, V>({
    ...region,
    ...(near === false ? (isNearGiven ? {} : { near: false }) : { near }),
    ...override,
    ahead: { ...region.ahead, ...override.ahead },
  });
};
