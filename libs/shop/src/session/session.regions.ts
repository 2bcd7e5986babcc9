import { defineRegion, minutes, seconds } from '@larder/caching';
import type { Preferences } from './preferences.js';
import type { Session } from './session.js';
import type { Permissions } from './user.js';

/** The tag of every cached session of a user: gone at once when all are revoked, or the user changes. */
export const sessionsOfUserTag = (userId: string): string => `sessions-of:${userId}`;

/** A session by its id, `null` when it is revoked, over, or never was. Without Redis MongoDB decides; unchecked, nobody enters. */
export const sessionById = defineRegion<{ id: string }, Session | null>({
  name: 'session',
  version: 1,
  key: ({ id }) => id,
  ttlMs: minutes(30),
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  absentMs: seconds(30),
  near: { ttlMs: minutes(1) },
  consistency: { level: 'bounded', ms: 100 },
  partition: 'bypass',
  tags: (_params, session) => (session ? [sessionsOfUserTag(session.user.id)] : []),
});

/** What a user may do, by the user's id; `null` for nobody. A change drops the user's sessions too. */
export const permissionsOfUser = defineRegion<{ userId: string }, Permissions | null>({
  name: 'permissions',
  version: 1,
  key: ({ userId }) => userId,
  ttlMs: minutes(30),
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  absentMs: seconds(30),
  near: { ttlMs: minutes(1) },
  consistency: { level: 'bounded', ms: 100 },
  partition: 'bypass',
  versionOf: ({ version }) => version,
  affects: (permissions) => [sessionsOfUserTag(permissions.userId)],
});

/** What a user likes, by the user's id. */
export const preferencesOfUser = defineRegion<{ userId: string }, Preferences>({
  name: 'preferences',
  version: 1,
  key: ({ userId }) => userId,
  ttlMs: minutes(30),
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  absentMs: seconds(30),
  near: { ttlMs: minutes(1) },
  consistency: { level: 'bounded', ms: 100 },
  partition: 'bypass',
});
