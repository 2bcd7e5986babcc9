import { ShopError } from '../shop.error.js';

/**
 * The same request, by its key, is being carried out right now; or by a process that died over it, until MongoDB gives its
 * transaction up (`transactionLifetimeLimitSeconds`).
 */
export class IdempotencyInFlightError extends ShopError {
  readonly code = 'IDEMPOTENCY_IN_FLIGHT';
  readonly retryAfterSeconds = 1;
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
