import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { TOMBSTONE, type TombstoneDocument } from './tombstone.document.js';

/** Every query on tombstones; each is part of the transaction that makes or removes the product. */
@Injectable()
export class TombstoneRepository {
  constructor(@InjectModel(TOMBSTONE) private readonly tombstones: Model<TombstoneDocument>) {}

  /** Leaves a tombstone for a product that goes. */
  async leave(tombstone: TombstoneDocument): Promise<void> {
    await this.tombstones.replaceOne({ _id: tombstone._id }, tombstone, { upsert: true }).exec();
  }

  /** Takes away the tombstones of these ids and answers them by id. */
  async take(ids: readonly string[]): Promise<Map<string, TombstoneDocument>> {
    const filter = { _id: { $in: [...ids] } };
    const found = await this.tombstones.find(filter).lean<TombstoneDocument[]>().exec();
    if (found.length > 0) await this.tombstones.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }).exec();
    return new Map(found.map((tombstone) => [tombstone._id, tombstone]));
  }
}
