import { z } from 'zod';

/** The orders of a category's products: names by code point, prices by amount; ties always by id, ascending. */
export const ProductSort = z.enum(['name', 'price', '-price', '-updatedAt']);
export type ProductSort = z.infer<typeof ProductSort>;

/** Where each order finds its key in a stored product, and which way it runs. */
export const SORT_ORDERS = {
  name: { field: 'name', direction: 1 },
  price: { field: 'price.amount', direction: 1 },
  '-price': { field: 'price.amount', direction: -1 },
  '-updatedAt': { field: 'updatedAt', direction: -1 },
} as const satisfies Record<ProductSort, { field: string; direction: 1 | -1 }>;
