import { ShopError, type Permission } from '@larder/shop';

const REALM = 'Bearer realm="larder"';

/** The request needs a session and carries none that is live. `challenge` is the value of `WWW-Authenticate`. */
export class UnauthenticatedError extends ShopError {
  readonly code = 'UNAUTHENTICATED';
  readonly challenge: string;
  constructor(reason: 'missing' | 'invalid', options?: ErrorOptions) {
    super(
      reason === 'missing'
        ? 'This needs a session. Send "Authorization: Bearer <access token>".'
        : 'The access token is not valid, or its session is over. Refresh it, or sign in again.',
      options,
    );
    this.challenge = reason === 'missing' ? REALM : `${REALM}, error="invalid_token"`;
  }
}

/** The session is live, but its user lacks the permission. `challenge` is the value of `WWW-Authenticate`. */
export class ForbiddenError extends ShopError {
  readonly code = 'FORBIDDEN';
  readonly challenge: string;
  constructor(readonly permission: Permission) {
    super(`This needs the permission "${permission}". Ask an administrator for a role that has it.`);
    this.challenge = `${REALM}, error="insufficient_scope", scope="${permission}"`;
  }
}

/** So many requests of this kind are allowed in a while, and they are used up. */
export class RateLimitedError extends ShopError {
  readonly code = 'RATE_LIMITED';
  constructor(readonly retryAfterSeconds: number) {
    super(`Too many attempts. Try again in ${retryAfterSeconds} s.`);
  }
}
