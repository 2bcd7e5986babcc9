import { ShopError } from '../shop.error.js';
import { MAX_ON_HAND } from './stock.js';

/** What is on hand would fall below what is reserved. Nothing changed. */
export class StockBelowReservedError extends ShopError {
  readonly code = 'STOCK_BELOW_RESERVED';
  constructor(
    readonly productId: string,
    readonly requestedOnHand: number,
    readonly onHand: number,
    readonly reserved: number,
  ) {
    super(
      `"${productId}" would have ${requestedOnHand} on hand (now ${onHand}), and ${reserved} are reserved. ` +
        'Ask for no less than what is reserved.',
    );
  }
}

/** A record would hold more pieces than it can. Nothing changed. */
export class StockLimitError extends ShopError {
  readonly code = 'STOCK_LIMIT';
  readonly limit = MAX_ON_HAND;
  constructor(
    readonly productId: string,
    readonly requestedOnHand: number,
  ) {
    super(`"${productId}" would have ${requestedOnHand} on hand, more than ${MAX_ON_HAND}. Add fewer.`);
  }
}
