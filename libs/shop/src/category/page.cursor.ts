import { z } from 'zod';
import { ProductId } from '../product/product.id.js';
import { CursorInvalidError } from './category.errors.js';
import type { PagePlace } from './category-page.js';
import { ProductSort } from './product-sort.js';

const MAX_PAGE = 10_000_000;

const Cursor = z.tuple([
  ProductSort,
  z.int().min(2).max(MAX_PAGE),
  z.union([z.string().max(1_000), z.int()]),
  ProductId,
]);

const KEY_TYPES = { name: 'string', price: 'number', '-price': 'number', '-updatedAt': 'number' } as const;

const parsed = (cursor: string): unknown => {
  if (!/^[\w-]+$/.test(cursor)) throw new CursorInvalidError('it is not base64url');
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    throw new CursorInvalidError('it does not hold a place', { cause: error });
  }
};

/** A place in an order as opaque text: base64url of JSON. */
export const writeCursor = ({ page, after }: PagePlace, sort: ProductSort): string =>
  Buffer.from(JSON.stringify([sort, page, after?.key, after?.id])).toString('base64url');

/**
 * The place that a cursor stands for.
 * @throws {CursorInvalidError} it is none, or one of another order
 */
export const readCursor = (cursor: string, sort: ProductSort): PagePlace => {
  const { data } = Cursor.safeParse(parsed(cursor));
  if (!data) throw new CursorInvalidError('it does not hold a place');
  const [of, page, key, id] = data;
  if (of !== sort) throw new CursorInvalidError(`it belongs to the order "${of}", not to "${sort}"`);
  if (typeof key !== KEY_TYPES[sort]) throw new CursorInvalidError('its key does not fit its order');
  return { page, after: { key, id } };
};
