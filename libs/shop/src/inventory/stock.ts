import { z } from 'zod';
import { lineOfText } from '../text.js';
import { ProductId } from '../product/product.id.js';

/** The most pieces that a record holds. */
export const MAX_ON_HAND = 1_000_000_000;

/** How many pieces can be sold, and when that last changed in MongoDB (ISO 8601). */
export const Availability = z.strictObject({ available: z.int().min(0), asOf: z.iso.datetime() });
export type Availability = z.infer<typeof Availability>;

/** The stock of a product: `available` is `onHand` less what is `reserved`. */
export const Stock = z.strictObject({
  productId: ProductId,
  onHand: z.int().min(0),
  reserved: z.int().min(0),
  available: z.int().min(0),
  version: z.int().min(1),
  asOf: z.iso.datetime(),
});
export type Stock = z.infer<typeof Stock>;

/** The body that sets what is on hand. */
export const StockCount = z.strictObject({ onHand: z.int().min(0).max(MAX_ON_HAND) });
export type StockCount = z.infer<typeof StockCount>;

/** The body that adds `delta` pieces to what is on hand (or takes them, when negative), with the reason given for it. */
export const StockAdjustment = z.strictObject({
  delta: z.int().min(-MAX_ON_HAND).max(MAX_ON_HAND),
  reason: lineOfText(1, 200),
});
export type StockAdjustment = z.infer<typeof StockAdjustment>;
