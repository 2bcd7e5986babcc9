import { Injectable } from '@nestjs/common';
import { isLiveAt, SessionService, UserService } from '@larder/shop';
import { UnauthenticatedError } from './access.errors.js';
import { AccessTokens } from './access-tokens.js';
import { LastAccessRecorder } from './last-access.recorder.js';
import type { Principal } from './principal.js';

const BEARER = /^Bearer ([A-Za-z0-9._-]+)$/i;
const LONGEST_HEADER = 2_048;

/** Turns an `Authorization` header into the principal: a sound token of a live session of an enabled user, or nobody. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionService,
    private readonly users: UserService,
    private readonly lastAccess: LastAccessRecorder,
  ) {}

  /**
   * The principal of the request, whose session is noted as used.
   * @throws {UnauthenticatedError} no sound token, or its session is over
   */
  async principalOf(authorization: string): Promise<Principal> {
    const token = authorization.length <= LONGEST_HEADER ? BEARER.exec(authorization)?.[1] : undefined;
    if (token === undefined) throw new UnauthenticatedError('invalid');
    const { userId, sessionId } = await this.tokens.verify(token);
    const [session, permissions] = await Promise.all([
      this.sessions.find({ id: sessionId }),
      this.users.permissionsOf({ userId }),
    ]);
    const now = Date.now();
    if (session?.user.id !== userId || !isLiveAt(session, now) || !permissions)
      throw new UnauthenticatedError('invalid');
    this.lastAccess.note(session, now);
    return { sessionId, user: { ...session.user, roles: permissions.roles }, permissions: permissions.grants, session };
  }
}
