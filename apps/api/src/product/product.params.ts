import { ProductId } from '@larder/shop';
import { z } from 'zod';

/** The product named in an address. */
export const ProductParams = z.strictObject({ id: ProductId });
export type ProductParams = z.infer<typeof ProductParams>;
