import { defineRegion, minutes, type Region, type RegionDefinition } from '@larder/caching';

export type ById = { readonly id: string };

let serial = 0;

/** A region under a name of its own whose values are refreshed by nothing but what a test does. */
export const aRegionOf = <V>(policy: Partial<RegionDefinition<ById, V>> = {}): Region<ById, V> =>
  defineRegion<ById, V>({
    name: `own-${(serial += 1)}`,
    version: 1,
    key: ({ id }) => id,
    ttlMs: minutes(10),
    jitter: 0,
    earlyRefresh: 0,
    ...policy,
  });
