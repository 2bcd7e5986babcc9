import { days, defineRegion, hours, minutes, seconds } from '@larder/caching';
import { categoryTag } from '../category/category.js';
import type { Product } from './product.js';

/** A product by its id, `null` when there is none. Stock has its own region, so a sale never waits for this one. */
export const productById = defineRegion<{ id: string }, Product | null>({
  name: 'product',
  version: 1,
  key: ({ id }) => id,
  ttlMs: hours(24),
  staleWhileRevalidateMs: minutes(10),
  staleIfErrorMs: days(7),
  absentMs: seconds(30),
  near: { ttlMs: minutes(1) },
  consistency: { level: 'bounded', ms: 250 },
  partition: 'bypass',
  affects: (product) => product.categories.map(categoryTag), // the tags of the lists that show it
  versionOf: (product) => product.version,
});
