import { Schema } from 'mongoose';
import { WITH_PRE_IMAGES } from '../database/pre-images.js';
import type { Stock } from './stock.js';

/** The name of the model of stock records. */
export const STOCK = 'Stock';

/** Why what is on hand was adjusted, and when. */
export interface AdjustmentEntry {
  delta: number;
  reason: string;
  at: Date;
}

/** The stock of the product with the same id; `adjustments` are its last 20, outside the versioned shape. */
export interface StockDocument {
  _id: string;
  onHand: number;
  reserved: number;
  version: number;
  asOf: Date;
  adjustments: AdjustmentEntry[];
}

export const StockSchema = new Schema<StockDocument>(
  {
    _id: { type: String, required: true },
    onHand: { type: Number, required: true },
    reserved: { type: Number, required: true },
    version: { type: Number, required: true },
    asOf: { type: Date, required: true },
    adjustments: {
      type: [new Schema<AdjustmentEntry>({ delta: Number, reason: String, at: Date }, { _id: false })],
      default: [],
    },
  },
  { collection: 'stocks', collectionOptions: WITH_PRE_IMAGES, versionKey: false, strict: 'throw' },
);

/** The stock as answered. */
export const toStock = ({ _id, onHand, reserved, version, asOf }: StockDocument): Stock => ({
  productId: _id,
  onHand,
  reserved,
  available: onHand - reserved,
  version,
  asOf: asOf.toISOString(),
});
