import { Schema } from 'mongoose';
import { WITH_PRE_IMAGES } from '../database/pre-images.js';
import type { Price } from '../pricing/price.js';
import type { Attributes } from './attributes.js';
import type { Product } from './product.js';

/** The name of the model of products. */
export const PRODUCT = 'Product';

/** A price change that is not on the price stream yet; `id` is the product's id and the version that came with it. */
export interface OutboxEntry {
  id: string;
  price: Price;
  previous: Price;
  at: Date;
  version: number;
}

/**
 * A product as MongoDB keeps it. `outbox`, `views` and `log` lie outside the versioned shape: a change of theirs raises no
 * version and invalidates nothing. `log.applied` is the last position of the write log that was applied.
 */
export interface ProductDocument {
  _id: string;
  sku: string;
  name: string;
  description: string;
  category: string;
  categories: string[];
  price: Price;
  thumbnail: string | null;
  attributes: Attributes;
  version: number;
  updatedAt: Date;
  outbox: OutboxEntry[];
  views: number;
  log: { applied: number };
}

export const PriceSchema = new Schema<Price>(
  { amount: { type: Number, required: true }, currency: { type: String, required: true } },
  { _id: false },
);

export const OutboxEntrySchema = new Schema<OutboxEntry>(
  {
    id: { type: String, required: true },
    price: { type: PriceSchema, required: true },
    previous: { type: PriceSchema, required: true },
    at: { type: Date, required: true },
    version: { type: Number, required: true },
  },
  { _id: false, id: false },
);

export const ProductSchema = new Schema<ProductDocument>(
  {
    _id: { type: String, required: true },
    sku: { type: String, required: true },
    name: { type: String, required: true },
    description: { type: String, default: '' },
    category: { type: String, required: true },
    categories: { type: [String], required: true },
    price: { type: PriceSchema, required: true },
    thumbnail: { type: String, default: null },
    attributes: { type: Schema.Types.Mixed, default: () => ({}) },
    version: { type: Number, required: true },
    updatedAt: { type: Date, required: true },
    outbox: { type: [OutboxEntrySchema], default: [] },
    views: { type: Number, default: 0 },
    log: {
      type: new Schema({ applied: { type: Number, default: 0 } }, { _id: false }),
      default: () => ({ applied: 0 }),
    },
  },
  { collection: 'products', collectionOptions: WITH_PRE_IMAGES, versionKey: false, minimize: false, strict: 'throw' },
);
ProductSchema.index({ sku: 1 }, { unique: true });
ProductSchema.index({ categories: 1, name: 1, _id: 1 });
ProductSchema.index({ categories: 1, 'price.amount': 1, _id: 1 });
ProductSchema.index({ categories: 1, 'price.amount': -1, _id: 1 });
ProductSchema.index({ categories: 1, updatedAt: -1, _id: 1 });
ProductSchema.index({ 'outbox.at': 1 }, { partialFilterExpression: { 'outbox.0': { $exists: true } } });

/** A product in its versioned shape. */
export const toProduct = (document: ProductDocument): Product => ({
  id: document._id,
  sku: document.sku,
  name: document.name,
  description: document.description,
  category: document.category,
  categories: [...document.categories],
  price: { amount: document.price.amount, currency: document.price.currency },
  thumbnail: document.thumbnail,
  attributes: document.attributes,
  version: document.version,
  updatedAt: document.updatedAt.toISOString(),
});
