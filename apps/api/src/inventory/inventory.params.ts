import { ProductId } from '@larder/shop';
import { z } from 'zod';

/** The product whose stock is named in an address. */
export const StockParams = z.strictObject({ productId: ProductId });
export type StockParams = z.infer<typeof StockParams>;
