import { days, defineRegion, hours, minutes, seconds } from '@larder/caching';
import { categoryTag } from './category.js';
import type { CategoryPage, CategoryPageStart } from './category-page.js';

/** The key of the index of categories in Nest's own cache, whatever the URL. */
export const CATEGORY_INDEX_KEY = 'category-index';

/** A page of a category's products without stock, `null` for an unknown category; gone when any product in it changes. */
export const productsOfCategory = defineRegion<CategoryPageStart, CategoryPage | null>({
  name: 'category-products',
  version: 1,
  key: ({ slug, sort, perPage, page, after }) => [slug, sort, perPage, page, ...(after ? [after.key, after.id] : [])],
  ttlMs: hours(1),
  staleWhileRevalidateMs: minutes(1),
  staleIfErrorMs: days(1),
  absentMs: seconds(30),
  near: { ttlMs: minutes(1) },
  consistency: { level: 'bounded', ms: 250 },
  partition: 'bypass',
  tags: ({ slug }) => [categoryTag(slug)],
});
