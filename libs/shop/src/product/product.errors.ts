import { ShopError } from '../shop.error.js';

/** No product has this id. */
export class ProductNotFoundError extends ShopError {
  readonly code = 'PRODUCT_NOT_FOUND';
  constructor(readonly productId: string) {
    super(`There is no product "${productId}". Check its id.`);
  }
}

/** A product has this id already. */
export class ProductExistsError extends ShopError {
  readonly code = 'PRODUCT_EXISTS';
  constructor(readonly productId: string) {
    super(`There is a product "${productId}" already. Change it, or choose another id.`);
  }
}

/** Another product has this sku. */
export class SkuTakenError extends ShopError {
  readonly code = 'SKU_TAKEN';
  constructor(readonly sku: string) {
    super(`Another product has the sku "${sku}". Choose another one.`);
  }
}

/** A change was meant for one version of a record, and it has another. Nothing changed. */
export class VersionMismatchError extends ShopError {
  readonly code = 'VERSION_MISMATCH';
  constructor(
    readonly productId: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`"${productId}" is at version ${actual}, not ${expected}. Read it again, then change it.`);
  }
}
