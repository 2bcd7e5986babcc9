import { ENCODED_KEY } from '@larder/caching';
import { z } from 'zod';

const LONGEST_KEY = 2_048;
const LONGEST_TAG = 512;

const RegionName = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'expected the name of a region');

/** The region named in an address. */
export const RegionParams = z.strictObject({ region: RegionName });
export type RegionParams = z.infer<typeof RegionParams>;

/** The entry named in an address, its key as its region encodes it. */
export const EntryParams = z.strictObject({
  region: RegionName,
  key: z.string().min(1).max(LONGEST_KEY).regex(ENCODED_KEY, 'expected a key as its region encodes it'),
});
export type EntryParams = z.infer<typeof EntryParams>;

/** The tag named in an address, and the region whose counters have its removal. */
export const TagParams = z.strictObject({ region: RegionName, tag: z.string().min(1).max(LONGEST_TAG) });
export type TagParams = z.infer<typeof TagParams>;
