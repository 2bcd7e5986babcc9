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
    return (await this.live({ _id: id }))[0] ?? null;
  }

  /** The user's live sessions, the newest first, at most 1,000. */
  findLiveOf(userId: string): Promise<Session[]> {
    return this.live({ userId });
  }

  /** Ends a session of the user; answers whether the user has such a session, ended before or not. */
  async revoke(id: string, userId: string): Promise<boolean> {
    const { matchedCount } = await this.sessions
      .updateOne({ _id: id, userId, revokedAt: null }, { $set: { revokedAt: new Date() } })
      .exec();
    return matchedCount === 1 || (await this.sessions.exists({ _id: id, userId }).exec()) !== null;
  }

  /** Notes that the session was used at `at`; never moves it back, never wakes what is over. */
  async touch(id: string, at: Date): Promise<void> {
    await this.sessions.updateOne({ _id: id, revokedAt: null }, { $max: { lastAccess: at } }).exec();
  }

  private async live(which: Partial<Pick<SessionDocument, '_id' | 'userId'>>): Promise<Session[]> {
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
    const found = await this.sessions.aggregate<SessionWithUser>(stages).exec();
    return found.map((session) => toSession(session, session.user));
  }
}
