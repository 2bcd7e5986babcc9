import { z } from 'zod';
import { ProductId } from '../product/product.id.js';

/** The largest amount, in minor units: far above any price, and exact as a number. */
const MAX_AMOUNT = 1_000_000_000_000;

/** Money: whole minor units (cents) of an ISO 4217 currency. */
export const Price = z.strictObject({
  amount: z.int().min(0).max(MAX_AMOUNT),
  currency: z.string().regex(/^[A-Z]{3}$/, 'expected three capital letters, such as USD'),
});
export type Price = z.infer<typeof Price>;

/** One line of a bulk price change; `version` refuses it when the product has another. */
export const PriceUpdate = Price.extend({ productId: ProductId, version: z.int().min(1).optional() });
export type PriceUpdate = z.infer<typeof PriceUpdate>;

/** The body of a bulk price change. */
export const PriceUpdates = z.strictObject({ updates: z.array(PriceUpdate).min(1).max(1_000) });
export type PriceUpdates = z.infer<typeof PriceUpdates>;

/** What a bulk price change did; `failed` names every line that was not applied, by its error's code. */
export interface PriceUpdateReport {
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: readonly PriceUpdateFailure[];
}

/** A line of a bulk price change that was not applied. */
export interface PriceUpdateFailure {
  readonly productId: string;
  readonly code: 'PRODUCT_NOT_FOUND' | 'VERSION_MISMATCH';
  readonly detail: string;
}

/** A price that changed: `id` is unique for ever, `version` is the product's with the new price, `at` is ISO 8601. */
export interface PriceEvent {
  readonly id: string;
  readonly productId: string;
  readonly price: Price;
  readonly previous: Price;
  readonly at: string;
  readonly version: number;
}
