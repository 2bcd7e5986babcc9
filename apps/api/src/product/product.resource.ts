import type { Change } from '@larder/caching';
import type { Product, ProductDetails, ProductService } from '@larder/shop';

/** The product resource after a change that left one. */
export const changedProduct = async (products: ProductService, { after }: Change<Product>): Promise<ProductDetails> => {
  const [resource] = after === null ? [] : await products.withStock([after]);
  if (resource === undefined) throw new TypeError('a change that has to leave a product left none');
  return resource;
};
