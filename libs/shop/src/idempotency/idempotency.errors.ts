import { ShopError } from '../shop.error.js';

/** The same request, by its key, is being carried out right now. */
export class IdempotencyInFlightError extends ShopError {
  readonly code = 'IDEMPOTENCY_IN_FLIGHT';
  constructor() {
    super('A request with this Idempotency-Key is being carried out. Send it again once that one has been answered.');
  }
}

/** The key came with another request before. */
export class IdempotencyKeyReusedError extends ShopError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';
  constructor() {
    super('This Idempotency-Key came with another request before. Take a new key for each new request.');
  }
}
