import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, PipelineStage, QueryFilter } from 'mongoose';
import type { Change } from '@larder/caching';
import { ProductNotFoundError, VersionMismatchError } from '../product/product.errors.js';
import { StockBelowReservedError, StockLimitError } from './inventory.errors.js';
import { STOCK, toStock, type AdjustmentEntry, type StockDocument } from './stock.document.js';
import { MAX_ON_HAND, type Stock, type StockAdjustment } from './stock.js';

/** A change of what is on hand: to which number, by MongoDB's reckoning and by ours. */
interface Move {
  readonly onHand: number | { readonly $add: readonly ['$onHand', number] };
  readonly from: (onHand: number) => number;
  readonly entry?: AdjustmentEntry;
}

const movePipeline = ({ onHand, entry }: Move, at: Date): PipelineStage.Set[] => {
  const differs = { $ne: ['$onHand', onHand] };
  const journal = { $slice: [{ $concatArrays: ['$adjustments', [{ $literal: entry }]] }, -20] };
  return [
    {
      $set: {
        onHand,
        version: { $cond: [differs, { $add: ['$version', 1] }, '$version'] },
        asOf: { $cond: [differs, at, '$asOf'] },
        ...(entry ? { adjustments: { $cond: [differs, journal, '$adjustments'] } } : {}),
      },
    },
  ];
};

const moved = (before: StockDocument, { from }: Move, at: Date): StockDocument => {
  const onHand = from(before.onHand);
  return onHand === before.onHand ? before : { ...before, onHand, version: before.version + 1, asOf: at };
};

/** Every query on stock. Each change is one conditional write: what is on hand never falls below what is reserved. */
@Injectable()
export class InventoryRepository {
  constructor(@InjectModel(STOCK) private readonly stocks: Model<StockDocument>) {}

  /** The stock of this product. */
  async findById(productId: string): Promise<Stock | null> {
    const found = await this.stocks.findById(productId).lean<StockDocument>().exec();
    return found && toStock(found);
  }

  /** The stock of these products in one query, in no order; unknown ids are left out. */
  async findByIds(productIds: readonly string[]): Promise<Stock[]> {
    const found = await this.stocks
      .find({ _id: { $in: [...productIds] } })
      .batchSize(productIds.length + 1) // all in one reply
      .lean<StockDocument[]>()
      .exec();
    return found.map(toStock);
  }

  /** Opens the stock of new products, inside the transaction that makes them. */
  async open(fresh: readonly { productId: string; onHand: number; version: number }[]): Promise<void> {
    const asOf = new Date();
    const documents = fresh.map(({ productId, onHand, version }) => ({
      _id: productId,
      onHand,
      reserved: 0,
      version,
      asOf,
      adjustments: [],
    }));
    if (documents.length > 0) await this.stocks.insertMany(documents, { lean: true });
  }

  /** Closes the stock of a product that goes, inside its transaction, and answers its last version. */
  async close(productId: string): Promise<number> {
    const last = await this.stocks.findOneAndDelete({ _id: productId }).lean<StockDocument>().exec();
    return last?.version ?? 0;
  }

  /** Sets what is on hand of products that were read in the same transaction. */
  async setMany(counts: readonly { productId: string; version: number; onHand: number }[]): Promise<void> {
    const asOf = new Date();
    const updates = counts.map(({ productId, version, onHand }) => ({
      updateOne: { filter: { _id: productId, version }, update: { $set: { onHand, asOf }, $inc: { version: 1 } } },
    }));
    if (updates.length > 0) await this.stocks.bulkWrite(updates, { ordered: false });
  }

  /**
   * Sets what is on hand.
   * @throws {ProductNotFoundError} no such product
   * @throws {VersionMismatchError} `expected` is not the stock's version; nothing changed
   * @throws {StockBelowReservedError} more is reserved; nothing changed
   */
  setOnHand(productId: string, onHand: number, expected?: number): Promise<Change<Stock>> {
    return this.move(productId, { onHand, from: () => onHand }, expected);
  }

  /**
   * Adds to what is on hand, or takes from it.
   * @throws {ProductNotFoundError} no such product
   * @throws {VersionMismatchError} `expected` is not the stock's version; nothing changed
   * @throws {StockBelowReservedError} more is reserved than would be left; nothing changed
   * @throws {StockLimitError} more would be on hand than a record holds; nothing changed
   */
  adjust(productId: string, { delta, reason }: StockAdjustment, expected?: number): Promise<Change<Stock>> {
    const entry = { delta, reason, at: new Date() };
    return this.move(
      productId,
      { onHand: { $add: ['$onHand', delta] }, from: (onHand) => onHand + delta, entry },
      expected,
    );
  }

  private async move(productId: string, move: Move, expected: number | undefined): Promise<Change<Stock>> {
    const isAllowed = { $expr: { $and: [{ $gte: [move.onHand, '$reserved'] }, { $lte: [move.onHand, MAX_ON_HAND] }] } };
    const filter: QueryFilter<StockDocument> = { _id: productId, ...isAllowed };
    if (expected !== undefined) filter.version = expected;
    for (;;) {
      const at = new Date();
      const before = await this.stocks
        .findOneAndUpdate(filter, movePipeline(move, at), { returnDocument: 'before', updatePipeline: true })
        .lean<StockDocument>()
        .exec();
      if (before) return { before: toStock(before), after: toStock(moved(before, move, at)) };
      const refusal = await this.reasonOfRefusal(productId, move, expected);
      // none: the record changed between the two queries, and now the move is allowed
      if (refusal) throw refusal;
    }
  }

  private async reasonOfRefusal(
    productId: string,
    move: Move,
    expected: number | undefined,
  ): Promise<Error | undefined> {
    const stock = await this.findById(productId);
    if (!stock) return new ProductNotFoundError(productId);
    if (expected !== undefined && stock.version !== expected) {
      return new VersionMismatchError(productId, expected, stock.version);
    }
    const requested = move.from(stock.onHand);
    if (requested < stock.reserved)
      return new StockBelowReservedError(productId, requested, stock.onHand, stock.reserved);
    return requested > MAX_ON_HAND ? new StockLimitError(productId, requested) : undefined;
  }
}
