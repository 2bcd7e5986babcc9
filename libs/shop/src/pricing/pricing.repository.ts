import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import type { Change } from '@larder/caching';
import { Transactions } from '../database/transactions.js';
import { changed, changeOperation, wouldChange } from '../product/product.changes.js';
import { PRODUCT, toProduct, type ProductDocument } from '../product/product.document.js';
import { ProductNotFoundError, VersionMismatchError } from '../product/product.errors.js';
import type { Product } from '../product/product.js';
import { ProductRepository } from '../product/product.repository.js';
import type { Price, PriceUpdate, PriceUpdateFailure, PriceUpdateReport } from './price.js';

/** A report on many price changes, with their images. */
export interface PriceChanges extends PriceUpdateReport {
  readonly changes: readonly Change<Product>[];
}

const failureOf = (
  { productId, version }: PriceUpdate,
  found: ProductDocument | undefined,
): PriceUpdateFailure | undefined => {
  const isExpected = version === undefined || version === found?.version;
  if (found && isExpected) return undefined;
  const error =
    found && version
      ? new VersionMismatchError(productId, version, found.version)
      : new ProductNotFoundError(productId);
  return { productId, code: error.code, detail: error.message };
};

/** Splits the updates so that no product is twice in one part; the parts in their order keep each product's. */
const partsOf = (updates: readonly PriceUpdate[]): PriceUpdate[][] => {
  const parts: PriceUpdate[][] = [];
  const seen = new Map<string, number>();
  for (const update of updates) {
    const part = seen.get(update.productId) ?? 0;
    seen.set(update.productId, part + 1);
    (parts[part] ??= []).push(update);
  }
  return parts;
};

/** Writes of prices. Each change leaves one entry in the product's outbox, in the same write. */
@Injectable()
export class PricingRepository {
  constructor(
    @InjectModel(PRODUCT) private readonly products: Model<ProductDocument>,
    private readonly productRepository: ProductRepository,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Sets a price in one conditional write.
   * @throws {ProductNotFoundError} no such product
   * @throws {VersionMismatchError} `expected` is not its version; nothing changed
   */
  changePrice(id: string, { amount, currency }: Price, expected?: number): Promise<Change<Product>> {
    return this.productRepository.changeFields(id, { price: { amount, currency } }, expected);
  }

  /** Sets many prices; what cannot be set is reported, and stops none of the others. */
  async changePrices(updates: readonly PriceUpdate[]): Promise<PriceChanges> {
    const done: PriceChanges[] = [];
    for (const part of partsOf(updates)) done.push(await this.transactions.run(() => this.changePart(part)));
    return {
      updated: done.reduce((sum, { updated }) => sum + updated, 0),
      unchanged: done.reduce((sum, { unchanged }) => sum + unchanged, 0),
      failed: done.flatMap(({ failed }) => failed),
      changes: done.flatMap(({ changes }) => changes),
    };
  }

  /** In a transaction, so that which line changed what is known exactly: a write that meets another runs all of it again. */
  private async changePart(updates: readonly PriceUpdate[]): Promise<PriceChanges> {
    const at = new Date();
    const ids = updates.map(({ productId }) => productId);
    const found = await this.products
      .find({ _id: { $in: ids } })
      .batchSize(ids.length + 1) // all in one reply
      .lean<ProductDocument[]>()
      .exec();
    const byId = new Map(found.map((product) => [product._id, product]));
    const failed = updates
      .map((update) => failureOf(update, byId.get(update.productId)))
      .filter((failure) => failure !== undefined);
    const refused = new Set(failed.map(({ productId }) => productId));
    const accepted = updates.filter(({ productId }) => !refused.has(productId));
    const lines = accepted.flatMap(({ productId, amount, currency }) => {
      const before = byId.get(productId);
      const fields = { price: { amount, currency } };
      return before && wouldChange(before, fields) ? [{ before, fields }] : [];
    });
    if (lines.length > 0) {
      await this.products.bulkWrite(
        lines.map(({ before, fields }) => changeOperation(before, fields, at)),
        { ordered: false },
      );
    }
    const changes = lines.map(({ before, fields }) => ({
      before: toProduct(before),
      after: toProduct(changed(before, fields, at)),
    }));
    return { updated: lines.length, unchanged: accepted.length - lines.length, failed, changes };
  }
}
