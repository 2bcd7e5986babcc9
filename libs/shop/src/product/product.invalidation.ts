import type { Cache, Change } from '@larder/caching';
import { categoryTag } from '../category/category.js';
import type { Product } from './product.js';
import { productById } from './product.regions.js';

/** Invalidates what many changes made untrue, in one go: the products, and every list that shows one before or after. */
export const invalidateProducts = async (cache: Cache, changes: readonly Change<Product>[]): Promise<void> => {
  const images = changes.flatMap(({ before, after }) => [before, after]).filter((image) => image !== null);
  if (images.length === 0) return;
  const ids = new Set(images.map(({ id }) => id));
  const slugs = new Set(images.flatMap(({ categories }) => categories));
  await Promise.all([
    cache.invalidate(
      productById,
      [...ids].map((id) => ({ id })),
    ),
    cache.invalidateTags([...slugs].map(categoryTag)),
  ]);
};
