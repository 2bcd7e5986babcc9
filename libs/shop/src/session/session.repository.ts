import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, PipelineStage } from 'mongoose';
import { SESSION, toSession, type SessionDocument } from './session.document.js';
import { SESSION_IDLE_MS, type Session } from './session.js';
import type { UserDocument } from './user.document.js';

type SessionWithUser = SessionDocument & { user: UserDocument };

const MOST_LISTED = 1_000;

/** Every query on sessions. Live means: not revoked, not over, of the user's present epoch, and the user is enabled. */
@Injectable()
export class SessionRepository {
  constructor(@InjectModel(SESSION) private readonly sessions: Model<SessionDocument>) {}

  async insert(session: SessionDocument): Promise<void> {
    await this.sessions.insertOne(session);
  }

  /** The live session with this id and its user, read in one query. */
  async findLive(id: string): Promise<Session | null> {
    return (await this.findLogged(id)).session;
  }

  /** The same, with the last position of the write log that was applied to it. */
  async findLogged(id: string): Promise<{ session: Session | null; applied: number }> {
    const [found] = await this.live({ _id: id });
    return { session: found ? toSession(found, found.user) : null, applied: found?.log?.applied ?? 0 };
  }

  /** The user's live sessions, the newest first, at most 1,000. */
  async findLiveOf(userId: string): Promise<Session[]> {
    return (await this.live({ userId })).map((session) => toSession(session, session.user));
  }

  /** Ends a session of the user; answers whether the user has such a session, ended before or not. */
  async revoke(id: string, userId: string): Promise<boolean> {
    const { matchedCount } = await this.sessions
      .updateOne({ _id: id, userId, revokedAt: null }, { $set: { revokedAt: new Date() } })
      .exec();
    return matchedCount === 1 || (await this.sessions.exists({ _id: id, userId }).exec()) !== null;
  }

  private async live(which: Partial<Pick<SessionDocument, '_id' | 'userId'>>): Promise<SessionWithUser[]> {
    const now = Date.now();
    const stages: PipelineStage[] = [
      {
        $match: {
          ...which,
          revokedAt: null,
          expiresAt: { $gt: new Date(now) },
          lastAccess: { $gt: new Date(now - SESSION_IDLE_MS) },
        },
      },
      { $sort: { createdAt: -1, _id: 1 } },
      { $limit: MOST_LISTED },
      { $lookup: { from: 'users', localField: 'userId', foreignField: '_id', as: 'user' } },
      { $unwind: '$user' },
      { $match: { 'user.isDisabled': false, $expr: { $eq: ['$epoch', '$user.epoch'] } } },
    ];
    return this.sessions.aggregate<SessionWithUser>(stages).exec();
  }
}
