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

/** What else to look at beside a product: the ids alone, so that what is shown of them is of this moment. */
export interface RelatedProducts {
  /** The category that fills up what visitors do not say. */
  readonly category: string;
  readonly ids: readonly string[];
}

/** What is related to a product; gone when any product of its category changes, and soon, for visitors change their ways. */
export const relatedTo = defineRegion<{ id: string }, RelatedProducts>({
  name: 'related',
  version: 1,
  key: ({ id }) => id,
  ttlMs: minutes(1),
  staleWhileRevalidateMs: minutes(1),
  staleIfErrorMs: days(1),
  near: { ttlMs: seconds(10) },
  consistency: { level: 'bounded', ms: 250 },
  partition: 'bypass',
  tags: (_product, { category }) => [categoryTag(category)],
});
