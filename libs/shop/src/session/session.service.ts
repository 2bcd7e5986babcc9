import { Injectable } from '@nestjs/common';
import {
  behind,
  Invalidate,
  ReadThrough,
  WriteBehind,
  WriteThrough,
  type BehindWrite,
  type Change,
  type LoadContext,
} from '@larder/caching';
import { toSession } from './session.document.js';
import { SessionNotFoundError } from './session.errors.js';
import { sessionById, sessionsOfUserTag } from './session.regions.js';
import { SessionRepository } from './session.repository.js';
import { SessionSink } from './session.sink.js';
import { newSessionId, SESSION_ABSOLUTE_MS, type Session } from './session.js';
import type { UserDocument } from './user.document.js';
import { UserRepository } from './user.repository.js';

/** The sessions of users: durable in MongoDB, served from the cache, dead everywhere within 100 ms of their end. */
@Injectable()
export class SessionService {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly users: UserRepository,
  ) {}

  /** The live session with this id. The caller checks its end by `isLiveAt`: it may have come while cached. */
  @ReadThrough(sessionById)
  async find({ id }: { id: string }, context?: LoadContext): Promise<Session | null> {
    const { session, applied } = await this.sessions.findLogged(id);
    context?.applied(applied);
    return session;
  }

  /** The user's live sessions, the newest first, from MongoDB. */
  listOf(userId: string): Promise<Session[]> {
    return this.sessions.findLiveOf(userId);
  }

  /**
   * Begins a session of the user under a fresh id; `null` when, since `user` was read, all sessions of the user were
   * ended or the user was disabled. Looks once more after the session is cached: whoever ends all sessions either was
   * there before that look, or finds the cached one.
   */
  async begin(user: UserDocument, refreshDigest: string): Promise<Session | null> {
    const id = newSessionId();
    const { after } = await this.open(id, user, refreshDigest);
    if (await this.sessions.findLive(id)) return after;
    await this.revoke(id, user._id);
    return null;
  }

  /** Keeps a new session, and caches it. */
  @WriteThrough(sessionById, { key: (id: string) => ({ id }), isApart: true })
  async open(id: string, user: UserDocument, refreshDigest: string): Promise<Change<Session>> {
    const now = new Date();
    const session = {
      _id: id,
      userId: user._id,
      epoch: user.epoch,
      refresh: { family: id, digest: refreshDigest, issuedAt: now },
      createdAt: now,
      lastAccess: now,
      expiresAt: new Date(now.getTime() + SESSION_ABSOLUTE_MS),
      revokedAt: null,
    };
    await this.sessions.insert(session);
    return { before: null, after: toSession(session, user) };
  }

  /**
   * Ends one session of the user, for good; once more does no harm.
   * @throws {SessionNotFoundError} the user never had it
   */
  @WriteThrough(sessionById, { key: (id: string) => ({ id }), isApart: true })
  async revoke(id: string, userId: string): Promise<Change<Session>> {
    if (!(await this.sessions.revoke(id, userId))) throw new SessionNotFoundError(id);
    return { before: null, after: null };
  }

  /**
   * Ends every session of the user.
   * @throws {UserNotFoundError} no such user
   */
  @Invalidate<{ id: string }, Session | null, [string]>(sessionById, {
    key: () => [],
    tags: (userId) => [sessionsOfUserTag(userId)],
  })
  revokeAllOf(userId: string): Promise<void> {
    return this.users.beginEpoch(userId);
  }

  /** Notes behind that the session is in use. It never moves the last access back, and never brings back a revoked one. */
  @WriteBehind(sessionById, { key: (id: string) => ({ id }), sink: SessionSink })
  touch(_id: string, at: Date): Promise<BehindWrite> {
    return Promise.resolve(behind({ set: { lastAccess: at.toISOString() } }));
  }
}
