import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { MongoSink, unseenBy, type PendingWrite, type SinkUpdate } from '@larder/caching';
import type { Model } from 'mongoose';
import { SESSION, type SessionDocument } from './session.document.js';
import type { Session } from './session.js';

const lastAccessOf = ({ set }: PendingWrite): string =>
  typeof set['lastAccess'] === 'string' ? set['lastAccess'] : '';

/** Where the last access of sessions ends. It never moves back, and wakes no session that is over. */
@Injectable()
export class SessionSink extends MongoSink<Session | null> {
  constructor(@InjectModel(SESSION) sessions: Model<SessionDocument>) {
    super(() => sessions.collection);
  }

  override overlaid(session: Session | null, write: PendingWrite): Session | null {
    const lastAccess = lastAccessOf(write);
    return session && lastAccess > session.lastAccess ? { ...session, lastAccess } : session;
  }

  protected override updateOf(write: PendingWrite): SinkUpdate {
    const filter = { _id: this.idOf(write.params), revokedAt: null, ...unseenBy(write) };
    const update = { $max: { lastAccess: new Date(lastAccessOf(write)) }, $set: { 'log.applied': write.last } };
    return { updateOne: { filter, update } };
  }
}
