import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { RESUME_TOKEN, type ResumeTokenDocument } from './resume-token.document.js';

const ID = 'shop';

/**
 * Where the watchers of all workers got to: one token, for each of them hears of every change, so what one has delivered
 * need not be delivered again by whoever starts next. One that lags behind may set it back, which costs repeats.
 */
@Injectable()
export class ResumeTokenRepository {
  constructor(@InjectModel(RESUME_TOKEN) private readonly tokens: Model<ResumeTokenDocument>) {}

  /** The token kept last. */
  async find(): Promise<object | undefined> {
    return (await this.tokens.findById(ID).lean<ResumeTokenDocument>().exec())?.token;
  }

  async keep(token: object): Promise<void> {
    await this.tokens.updateOne({ _id: ID }, { $set: { token, at: new Date() } }, { upsert: true }).exec();
  }
}
