import { Schema } from 'mongoose';
import type { Category } from './category.js';

/** The name of the model of categories. */
export const CATEGORY = 'Category';

/** A category as MongoDB keeps it. `fence` is the newest fencing token that its count was recomputed under. */
export interface CategoryDocument {
  _id: string;
  name: string;
  productCount: number;
  fence?: number;
}

export const CategorySchema = new Schema<CategoryDocument>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    productCount: { type: Number, required: true },
    fence: { type: Number },
  },
  { collection: 'categories', versionKey: false, strict: 'throw' },
);
CategorySchema.index({ name: 1, _id: 1 });

/** A category as answered. */
export const toCategory = ({ _id, name, productCount }: CategoryDocument): Category => ({
  slug: _id,
  name,
  productCount,
});
