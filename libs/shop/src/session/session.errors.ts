import { ShopError } from '../shop.error.js';

/** No account has this e-mail with this password, or it is disabled. Alike for all three. */
export class InvalidCredentialsError extends ShopError {
  readonly code = 'INVALID_CREDENTIALS';
  constructor() {
    super('The e-mail or the password is wrong. Try again, or register first.');
  }
}

/** The e-mail belongs to an account already. */
export class EmailTakenError extends ShopError {
  readonly code = 'EMAIL_TAKEN';
  constructor() {
    super('An account with this e-mail exists already. Sign in, or register with another e-mail.');
  }
}

/** No user has this id. */
export class UserNotFoundError extends ShopError {
  readonly code = 'USER_NOT_FOUND';
  constructor(readonly userId: string) {
    super(`There is no user "${userId}".`);
  }
}

/** The user has no session with this id. Another user's session is none of theirs. */
export class SessionNotFoundError extends ShopError {
  readonly code = 'SESSION_NOT_FOUND';
  constructor(readonly sessionId: string) {
    super(`You have no session "${sessionId}". GET /v1/sessions lists those that you have.`);
  }
}

/** More passwords wait to be checked than can be checked soon. */
export class TooBusyError extends ShopError {
  readonly code = 'TOO_BUSY';
  constructor(readonly retryAfterSeconds: number) {
    super(`Too many sign-ins at once. Try again in ${retryAfterSeconds} s.`);
  }
}

/** A user would have more preferences than there is room for. */
export class PreferencesLimitError extends ShopError {
  readonly code = 'PREFERENCES_LIMIT';
  constructor() {
    super('A user may have at most 50 preferences. Take some back by setting them to null.');
  }
}
