import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { Transactions } from '../database/transactions.js';
import { PRODUCT, type ProductDocument } from '../product/product.document.js';
import type { CategoryCounts } from './category-counts.js';
import { CATEGORY, toCategory, type CategoryDocument } from './category.document.js';
import type { Category } from './category.js';

/** What a recount did: how many counts it put right, and whether a newer runner made it stop. */
export interface RecountReport {
  readonly counted: number;
  readonly corrected: number;
  readonly isFenced: boolean;
}

/**
 * Every query on categories. Counts are kept by the transaction that makes, moves or removes a product, not computed
 * for each index: they are right with the write, and the index costs the number of categories, not of products.
 */
@Injectable()
export class CategoryRepository {
  constructor(
    @InjectModel(CATEGORY) private readonly categories: Model<CategoryDocument>,
    @InjectModel(PRODUCT) private readonly products: Model<ProductDocument>,
    private readonly transactions: Transactions,
  ) {}

  /** Every category, by name. */
  async findAll(): Promise<Category[]> {
    const found = await this.categories.find().sort({ name: 1, _id: 1 }).lean<CategoryDocument[]>().exec();
    return found.map(toCategory);
  }

  /** The category with this slug. */
  async findBySlug(slug: string): Promise<Category | null> {
    const found = await this.categories.findById(slug).lean<CategoryDocument>().exec();
    return found && toCategory(found);
  }

  /** Counts products in or out, inside their transaction. A category comes to be with its first product. */
  async count(counts: CategoryCounts): Promise<void> {
    const updates = counts.entries().map(({ slug, name, by }) => ({
      updateOne: {
        filter: { _id: slug },
        update: { $setOnInsert: { name }, $inc: { productCount: by } },
        upsert: by > 0,
      },
    }));
    if (updates.length > 0) await this.categories.bulkWrite(updates);
  }

  /** The largest fencing token that a recount has left; 0 before the first. */
  async latestFence(): Promise<number> {
    const latest = await this.categories
      .findOne({ fence: { $exists: true } })
      .sort({ fence: -1 })
      .lean<CategoryDocument>();
    return latest?.fence ?? 0;
  }

  /**
   * Counts the products of every category afresh, each in a transaction of its own, and stops at the first category
   * that a runner with a newer token has counted: MongoDB compares the tokens in the update's filter.
   */
  async reconcileCounts(fencingToken: number): Promise<RecountReport> {
    const slugs = new Set<string>(await this.categories.distinct('_id').exec());
    for (const slug of await this.products.distinct('categories').exec()) slugs.add(slug);
    let corrected = 0;
    let counted = 0;
    for (const slug of [...slugs].sort()) {
      const outcome = await this.recount(slug, fencingToken);
      if (outcome === 'fenced') return { counted, corrected, isFenced: true };
      counted += 1;
      if (outcome === 'corrected') corrected += 1;
    }
    return { counted, corrected, isFenced: false };
  }

  private recount(slug: string, fencingToken: number): Promise<'right' | 'corrected' | 'fenced'> {
    return this.transactions.run(async () => {
      const productCount = await this.products.countDocuments({ categories: slug }).exec();
      const isMine = { _id: slug, $or: [{ fence: { $exists: false } }, { fence: { $lte: fencingToken } }] };
      const before = await this.categories
        .findOneAndUpdate(isMine, { $set: { productCount, fence: fencingToken } }, { returnDocument: 'before' })
        .lean<CategoryDocument>()
        .exec();
      if (before) return before.productCount === productCount ? 'right' : 'corrected';
      if (await this.categories.exists({ _id: slug }).exec()) return 'fenced';
      await this.categories.insertOne({ _id: slug, name: slug, productCount, fence: fencingToken });
      return 'corrected';
    });
  }
}
