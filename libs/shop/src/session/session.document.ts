import { Schema } from 'mongoose';
import type { Session } from './session.js';
import { toUser, type UserDocument } from './user.document.js';

/** The name of the model of sessions. */
export const SESSION = 'Session';

/**
 * A session as kept until its absolute end, revoked or not. It carries its refresh token's digest, so that opening and
 * rotating are one write; `refresh.family` names all tokens that one sign-in led to.
 */
export interface SessionDocument {
  _id: string;
  userId: string;
  epoch: number;
  refresh: { family: string; digest: string; issuedAt: Date };
  createdAt: Date;
  lastAccess: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  /** Outside what a session shows: the last position of the write log that was applied. */
  log?: { applied: number };
}

export const SessionSchema = new Schema<SessionDocument>(
  {
    _id: { type: String, required: true },
    userId: { type: String, required: true },
    epoch: { type: Number, required: true },
    refresh: {
      family: { type: String, required: true },
      digest: { type: String, required: true },
      issuedAt: { type: Date, required: true },
    },
    createdAt: { type: Date, required: true },
    lastAccess: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    revokedAt: { type: Date, default: null },
    log: new Schema({ applied: { type: Number, default: 0 } }, { _id: false }),
  },
  { collection: 'sessions', versionKey: false, strict: 'throw' },
);
SessionSchema.index({ userId: 1, createdAt: -1 });
SessionSchema.index({ 'refresh.digest': 1 }, { unique: true });
SessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** A session as answered, with its user. */
export const toSession = (session: SessionDocument, user: UserDocument): Session => ({
  id: session._id,
  user: toUser(user),
  createdAt: session.createdAt.toISOString(),
  lastAccess: session.lastAccess.toISOString(),
  expiresAt: session.expiresAt.toISOString(),
});
