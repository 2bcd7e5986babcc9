import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { User } from './user.js';

const DAY_MS = 86_400_000;

/** How long a session lives when nobody uses it. */
export const SESSION_IDLE_MS = DAY_MS;

/** How long a session lives at most, however busy. */
export const SESSION_ABSOLUTE_MS = 30 * DAY_MS;

/** A session id: 192 random bits, base64url. */
export const SessionId = z.string().regex(/^[A-Za-z0-9_-]{32}$/, 'expected a session id');

/** A live session with its user, as cached under its own id. Times are ISO 8601; `expiresAt` is the absolute end. */
export const Session = z.strictObject({
  id: SessionId,
  user: User,
  createdAt: z.string(),
  lastAccess: z.string(),
  expiresAt: z.string(),
});
export type Session = z.infer<typeof Session>;

/** A fresh session id that nobody can guess, and no client can choose. */
export const newSessionId = (): string => randomBytes(24).toString('base64url');

/** A fresh refresh token of 256 random bits. */
export const newRefreshToken = (): string => randomBytes(32).toString('base64url');

/** The only form in which a refresh token is kept: SHA-256, in hex. */
export const refreshDigest = (token: string): string => createHash('sha256').update(token).digest('hex');

/** When the session ends unless it is used again: after idling, or at its absolute end, whichever comes first. */
export const sessionEndMs = ({ lastAccess, expiresAt }: Pick<Session, 'lastAccess' | 'expiresAt'>): number =>
  Math.min(Date.parse(lastAccess) + SESSION_IDLE_MS, Date.parse(expiresAt));

/** Whether the session may still be used at `nowMs`. A time that cannot be read is over. */
export const isLiveAt = (session: Pick<Session, 'lastAccess' | 'expiresAt'>, nowMs: number): boolean =>
  nowMs < sessionEndMs(session);
