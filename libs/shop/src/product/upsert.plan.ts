import type { Change } from '@larder/caching';
import { CategoryCounts } from '../category/category-counts.js';
import { slugOf } from '../category/category.js';
import { StockBelowReservedError } from '../inventory/inventory.errors.js';
import type { Stock } from '../inventory/stock.js';
import { changed, inOrder, wouldChange, type ProductFields } from './product.changes.js';
import { toProduct, type ProductDocument } from './product.document.js';
import { SkuTakenError } from './product.errors.js';
import { slugsOf, type ImportedProduct, type Product } from './product.js';

/** What stands in MongoDB that a batch of imported products meets. */
export interface Standing {
  readonly products: ReadonlyMap<string, ProductDocument>;
  readonly stocks: ReadonlyMap<string, Stock>;
  /** Who has each sku now. */
  readonly skuOwners: ReadonlyMap<string, string>;
}

/** A product of a batch that was not taken, and why. */
export interface RejectedProduct {
  readonly id: string;
  readonly code: 'SKU_TAKEN' | 'STOCK_BELOW_RESERVED';
  readonly detail: string;
}

/** What must be written for a batch, and nothing more. */
export interface UpsertPlan {
  readonly inserts: readonly { readonly product: ImportedProduct; readonly fields: Required<ProductFields> }[];
  readonly updates: readonly { readonly before: ProductDocument; readonly fields: ProductFields }[];
  readonly stocks: readonly { readonly productId: string; readonly version: number; readonly onHand: number }[];
  readonly counts: CategoryCounts;
  readonly rejected: readonly RejectedProduct[];
  /** How many of the batch's known products change, in themselves or in their stock; the rest stays as it is. */
  readonly changing: number;
  readonly unchanged: number;
}

/** A product's fields as MongoDB keeps them. */
export const fieldsOf = (product: ImportedProduct): Required<ProductFields> => ({
  sku: product.sku,
  name: product.name,
  description: product.description,
  category: slugOf(product.category),
  categories: slugsOf([product.category, ...product.categories]),
  price: { amount: product.price.amount, currency: product.price.currency },
  thumbnail: product.thumbnail,
  attributes: inOrder(product.attributes),
});

const rejectionOf = (
  { id, sku, stock }: ImportedProduct,
  owners: Map<string, string>,
  held?: Stock,
): RejectedProduct | undefined => {
  const owner = owners.get(sku) ?? id;
  if (owner !== id) return { id, code: 'SKU_TAKEN', detail: new SkuTakenError(sku).message };
  if (stock === undefined || !held || stock >= held.reserved) return undefined;
  const error = new StockBelowReservedError(id, stock, held.onHand, held.reserved);
  return { id, code: error.code, detail: error.message };
};

/** Compares a batch with what stands. Of a product that is twice in it the last one counts; of a sku the first. */
export const planUpsert = (batch: readonly ImportedProduct[], standing: Standing): UpsertPlan => {
  const owners = new Map(standing.skuOwners);
  const inserts: { product: ImportedProduct; fields: Required<ProductFields> }[] = [];
  const updates: { before: ProductDocument; fields: ProductFields }[] = [];
  const stocks: { productId: string; version: number; onHand: number }[] = [];
  const rejected: RejectedProduct[] = [];
  const counts = new CategoryCounts();
  let unchanged = 0;
  let changing = 0;
  for (const product of new Map(batch.map((each) => [each.id, each])).values()) {
    const { id, stock } = product;
    const before = standing.products.get(id);
    const held = standing.stocks.get(id);
    const rejection = rejectionOf(product, owners, held);
    if (rejection) {
      rejected.push(rejection);
      continue;
    }
    owners.set(product.sku, id);
    const fields = fieldsOf(product);
    if (!before) {
      inserts.push({ product, fields });
      counts.moved([], [product.category, ...product.categories]);
      continue;
    }
    const isOtherStock = stock !== undefined && held !== undefined && stock !== held.onHand;
    if (isOtherStock) stocks.push({ productId: id, version: held.version, onHand: stock });
    const isOther = wouldChange(before, fields);
    if (isOther) {
      updates.push({ before, fields });
      counts.moved(before.categories, [product.category, ...product.categories]);
    }
    if (isOther || isOtherStock) changing += 1;
    else unchanged += 1;
  }
  return { inserts, updates, stocks, counts, rejected, changing, unchanged };
};

/** The images of an update that was planned. */
export const imagesOf = ({ before, fields }: UpsertPlan['updates'][number], at: Date): Change<Product> => ({
  before: toProduct(before),
  after: toProduct(changed(before, fields, at)),
});
