import { categoryWatch } from './category/category.watch.js';
import { stockWatch } from './inventory/inventory.watch.js';
import { productWatch } from './product/product.watch.js';
import { preferencesWatch, sessionWatch, userWatch } from './session/session.watch.js';

/** Every collection that something cached is made of. */
export const SHOP_WATCHES = [
  productWatch,
  stockWatch,
  categoryWatch,
  userWatch,
  sessionWatch,
  preferencesWatch,
] as const;
