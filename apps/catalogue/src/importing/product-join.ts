import { slugOf, type ImportedProduct } from '@larder/shop';
import type { ProductRow } from '../mapping/product-row.js';
import type { RejectedRow } from '../source/source-row.js';

/** The most categories a product has: its primary one and 20 beside it. */
const MOST_CATEGORIES = 21;

/** A row that a product came from. */
type RowOrigin = Omit<RejectedRow, 'reason'>;

/** A product with all its categories, and the rows that gave it. */
export interface JoinedProduct {
  readonly product: ImportedProduct;
  readonly origins: readonly RowOrigin[];
}

interface Joining {
  readonly product: ImportedProduct;
  readonly origins: [RowOrigin, ...RowOrigin[]];
  readonly categories: Map<string, string>;
}

/**
 * Joins the rows of each product: the first row gives everything, the later ones add their categories. A row whose price
 * contradicts the first is rejected, since which one holds would be a guess.
 */
export class ProductJoin {
  readonly #byId = new Map<string, Joining>();

  /** Adds a row, in the file's order; answers the rejection when it does not go with the rows before it. */
  add({ line, raw, product }: ProductRow): RejectedRow | undefined {
    const slug = slugOf(product.category);
    const joining = this.#byId.get(product.id);
    if (!joining) {
      const categories = new Map([[slug, product.category]]);
      this.#byId.set(product.id, { product, categories, origins: [{ line, raw }] });
      return undefined;
    }
    const { origins, categories } = joining;
    if (joining.product.price.amount !== product.price.amount) {
      return { line, raw, reason: `the price differs from that of line ${origins[0].line}, which is the same product` };
    }
    if (categories.has(slug)) return undefined;
    if (categories.size >= MOST_CATEGORIES) {
      return {
        line,
        raw,
        reason: `the product of line ${origins[0].line} is in ${MOST_CATEGORIES} categories already`,
      };
    }
    categories.set(slug, product.category);
    origins.push({ line, raw });
    return undefined;
  }

  /** Every product, whole, in the order of its first row. */
  *products(): Generator<JoinedProduct> {
    for (const { product, categories, origins } of this.#byId.values()) {
      yield { product: { ...product, categories: [...categories.values()].slice(1) }, origins };
    }
  }
}
