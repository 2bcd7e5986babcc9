import { z } from 'zod';
import { Product, ProductDetails } from '../product/product.js';
import { CategorySlug } from './category.js';
import { ProductSort } from './product-sort.js';

/** Past this page only a cursor leads on, so that no request skips without bound. */
export const LAST_NUMBERED_PAGE = 10_000;

/** Which page of a category's products is asked for. A cursor goes before the page's number. */
export const CategoryPageQuery = z.strictObject({
  slug: CategorySlug,
  page: z.int().min(1).max(LAST_NUMBERED_PAGE).default(1),
  perPage: z.int().min(1).max(100).default(20),
  sort: ProductSort.default('name'),
  cursor: z.string().min(1).max(4_096).optional(),
});
export type CategoryPageQuery = z.infer<typeof CategoryPageQuery>;

/** The place between two products in an order: after the one with this key (name, amount, or ms since 1970) and id. */
export interface PagePlace {
  readonly page: number;
  readonly after?: { readonly key: string | number; readonly id: string };
}

/** Where a page starts: what the region of category pages is keyed by. */
export interface CategoryPageStart extends PagePlace {
  readonly slug: string;
  readonly sort: ProductSort;
  readonly perPage: number;
}

/** A page of a category as it is cached: without stock. `next` is where the page after it starts, `null` at the end. */
export interface CategoryPage {
  readonly products: readonly Product[];
  readonly total: number;
  readonly next: PagePlace | null;
}

/** A page of a category's products. */
export const ProductPage = z.strictObject({
  items: z.array(ProductDetails),
  page: z.int().min(1),
  perPage: z.int().min(1),
  total: z.int().min(0),
  nextCursor: z.string().nullable(),
});
export type ProductPage = z.infer<typeof ProductPage>;
