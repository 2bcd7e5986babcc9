import { Injectable } from '@nestjs/common';
import {
  InvalidCredentialsError,
  newRefreshToken,
  refreshDigest,
  SessionService,
  UserService,
  type Credentials,
} from '@larder/shop';
import { AccessTokens } from './access-tokens.js';
import { EntryLimits } from './entry.limits.js';
import type { SignedInSession } from './session.answers.js';

/** Credentials in, a session and its tokens out. */
@Injectable()
export class SignInService {
  constructor(
    private readonly users: UserService,
    private readonly sessions: SessionService,
    private readonly tokens: AccessTokens,
    private readonly limits: EntryLimits,
  ) {}

  /**
   * Opens a session, always under a fresh id.
   * @throws {InvalidCredentialsError} alike, and after the same work, for unknown e-mails and wrong passwords
   * @throws {RateLimitedError} too many attempts from this address, or too many failed ones on this account from it
   * @throws {TooBusyError} too many passwords wait
   */
  async signIn(credentials: Credentials, address: string): Promise<SignedInSession> {
    const user = await this.limits.attempt(credentials.email, address, () => this.users.authenticate(credentials));
    const refreshToken = newRefreshToken();
    const session = await this.sessions.begin(user, refreshDigest(refreshToken));
    if (!session) throw new InvalidCredentialsError();
    const { token, expiresAt } = await this.tokens.issue({ userId: session.user.id, sessionId: session.id });
    return {
      sessionId: session.id,
      accessToken: token,
      refreshToken,
      expiresAt: expiresAt.toISOString(),
      user: session.user,
    };
  }
}
