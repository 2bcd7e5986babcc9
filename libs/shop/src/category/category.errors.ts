import { ShopError } from '../shop.error.js';

/** No product was ever in a category with this slug. */
export class CategoryNotFoundError extends ShopError {
  readonly code = 'CATEGORY_NOT_FOUND';
  constructor(readonly slug: string) {
    super(`There is no category "${slug}". GET /v1/categories lists those there are.`);
  }
}

/** A cursor is none that a page of this order answered. */
export class CursorInvalidError extends ShopError {
  readonly code = 'CURSOR_INVALID';
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The cursor cannot be used: ${reason}. Start from the first page, without a cursor.`, options);
  }
}
