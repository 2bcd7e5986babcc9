import { Schema } from 'mongoose';
import { OutboxEntrySchema, type OutboxEntry, type ProductDocument } from './product.document.js';

/** The name of the model of tombstones. */
export const TOMBSTONE = 'Tombstone';

/** What outlives a product: its versions, the price events still to be told, and how far the write log was applied. */
export interface TombstoneDocument extends Pick<ProductDocument, 'outbox' | 'log'> {
  _id: string;
  version: number;
  stockVersion: number;
  outbox: OutboxEntry[];
}

export const TombstoneSchema = new Schema<TombstoneDocument>(
  {
    _id: { type: String, required: true },
    version: { type: Number, required: true },
    stockVersion: { type: Number, required: true },
    outbox: { type: [OutboxEntrySchema], default: [] },
    log: {
      type: new Schema({ applied: { type: Number, default: 0 } }, { _id: false }),
      default: () => ({ applied: 0 }),
    },
  },
  { collection: 'tombstones', versionKey: false, strict: 'throw' },
);
TombstoneSchema.index({ 'outbox.at': 1 }, { partialFilterExpression: { 'outbox.0': { $exists: true } } });
