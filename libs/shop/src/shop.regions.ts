import { productsOfCategory } from './category/category.regions.js';
import { stockOfProduct } from './inventory/inventory.regions.js';
import { productById, relatedTo } from './product/product.regions.js';
import { permissionsOfUser, preferencesOfUser, sessionById } from './session/session.regions.js';

/** Every region of the shop: what `REGIONS_FILE` may name. */
export const SHOP_REGIONS = [
  productById,
  stockOfProduct,
  productsOfCategory,
  relatedTo,
  sessionById,
  permissionsOfUser,
  preferencesOfUser,
] as const;
