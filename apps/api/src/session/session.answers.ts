import { Preferences, Role, sessionEndMs, SessionId, User, type Session } from '@larder/shop';
import { z } from 'zod';
import type { Principal } from './principal.js';

/** What a client gets for its credentials; `expiresAt` is the access token's end. */
export const SignedInSession = z.strictObject({
  sessionId: SessionId,
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresAt: z.iso.datetime(),
  user: User,
});
export type SignedInSession = z.infer<typeof SignedInSession>;

const SessionTimes = z.strictObject({
  createdAt: z.iso.datetime(),
  lastAccess: z.iso.datetime(),
  expiresAt: z.iso.datetime().meta({ description: 'When the session ends unless it is used again.' }),
});
type SessionTimes = z.infer<typeof SessionTimes>;

/** The session of a request, and what its user may do. */
export const CurrentSession = SessionTimes.extend({
  sessionId: SessionId,
  user: User,
  permissions: z.array(z.string()).meta({ description: '`area:*` grants all of an area, `*` everything.' }),
  preferences: Preferences,
});
export type CurrentSession = z.infer<typeof CurrentSession>;

/** The live sessions of a user. */
export const SessionList = z.strictObject({
  items: z.array(SessionTimes.extend({ sessionId: SessionId, isCurrent: z.boolean() })),
});
export type SessionList = z.infer<typeof SessionList>;

/** The roles a user has now, and what they grant. */
export const GrantedRoles = z.strictObject({ id: z.string(), roles: z.array(Role), permissions: z.array(z.string()) });
export type GrantedRoles = z.infer<typeof GrantedRoles>;

const timesOf = (session: Session): SessionTimes => ({
  createdAt: session.createdAt,
  lastAccess: session.lastAccess,
  expiresAt: new Date(sessionEndMs(session)).toISOString(),
});

/** The session of `principal`, as answered. */
export const currentSession = (
  { sessionId, user, permissions, session }: Principal,
  preferences: Preferences,
): CurrentSession => ({
  sessionId,
  user,
  permissions: [...permissions],
  preferences,
  ...timesOf(session),
});

/** A user's sessions, as answered to the one with this id. */
export const sessionList = (sessions: readonly Session[], currentId: string): SessionList => ({
  items: sessions.map((session) => ({
    sessionId: session.id,
    isCurrent: session.id === currentId,
    ...timesOf(session),
  })),
});
