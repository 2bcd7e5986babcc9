import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import type { Change } from '@larder/caching';
import { CategoryRepository } from '../category/category.repository.js';
import { Transactions } from '../database/transactions.js';
import { InventoryRepository } from '../inventory/inventory.repository.js';
import { changeOperation } from './product.changes.js';
import { PRODUCT, toProduct, type ProductDocument } from './product.document.js';
import type { ImportedProduct, Product } from './product.js';
import { TombstoneRepository } from './tombstone.repository.js';
import { imagesOf, planUpsert, type RejectedProduct, type UpsertPlan } from './upsert.plan.js';

/** A position of the write log after all that it accepted for the product with an id. */
type PositionAfter = (id: string) => Promise<number>;

/** What a batch did. The counts are of products; a product whose stock alone changed counts as updated. */
export interface UpsertReport {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** The products that were not taken: a foreign sku, or less stock than is reserved. */
  readonly rejected: readonly RejectedProduct[];
  /** Each product that was made or changed. */
  readonly changes: readonly Change<Product>[];
  /** The products whose stock was opened or changed. */
  readonly restocked: readonly string[];
}

/** Writes of whole catalogues, batch by batch: the same batch twice changes nothing. */
@Injectable()
export class UpsertRepository {
  constructor(
    @InjectModel(PRODUCT) private readonly products: Model<ProductDocument>,
    private readonly tombstones: TombstoneRepository,
    private readonly categories: CategoryRepository,
    private readonly inventory: InventoryRepository,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Makes or changes these products, with categories and stock, in one transaction; best about 500 at once. Versions grow
   * for changed products only, and nothing is written where nothing changes. Of an id that is made again, `positionAfter`
   * answers up to where the writes of the log were meant for the product before.
   */
  async upsertMany(
    batch: readonly ImportedProduct[],
    positionAfter: PositionAfter = () => Promise.resolve(0),
  ): Promise<UpsertReport> {
    const plan = await this.plan(batch);
    const isIdle = plan.inserts.length === 0 && plan.changing === 0;
    if (isIdle) return this.report(plan, []);
    return this.transactions.run(async () => this.apply(await this.plan(batch), positionAfter));
  }

  private async plan(batch: readonly ImportedProduct[]): Promise<UpsertPlan> {
    const ids = batch.map(({ id }) => id);
    const skus = batch.map(({ sku }) => sku);
    const found = await this.products
      .find({ $or: [{ _id: { $in: ids } }, { sku: { $in: skus } }] })
      .batchSize(2 * batch.length + 1) // all in one reply
      .lean<ProductDocument[]>()
      .exec();
    const counted = batch.filter(({ stock }) => stock !== undefined).map(({ id }) => id);
    const stocks = counted.length > 0 && found.length > 0 ? await this.inventory.findByIds(counted) : [];
    return planUpsert(batch, {
      products: new Map(found.map((product) => [product._id, product])),
      stocks: new Map(stocks.map((stock) => [stock.productId, stock])),
      skuOwners: new Map(found.map((product) => [product.sku, product._id])),
    });
  }

  private async apply(plan: UpsertPlan, positionAfter: PositionAfter): Promise<UpsertReport> {
    const at = new Date();
    const made = await this.insert(plan.inserts, at, positionAfter);
    if (plan.updates.length > 0) {
      const operations = plan.updates.map(({ before, fields }) => changeOperation(before, fields, at));
      await this.products.bulkWrite(operations, { ordered: false });
    }
    await this.inventory.setMany(plan.stocks);
    await this.categories.count(plan.counts);
    const changes = plan.updates.map((update) => imagesOf(update, at));
    return this.report(plan, [...made.map((product) => ({ before: null, after: product })), ...changes]);
  }

  private async insert(inserts: UpsertPlan['inserts'], at: Date, positionAfter: PositionAfter): Promise<Product[]> {
    if (inserts.length === 0) return [];
    const tombstones = await this.tombstones.take(inserts.map(({ product }) => product.id));
    const positions = new Map<string, number>();
    for (const [id, { log }] of tombstones) positions.set(id, Math.max(await positionAfter(id), log.applied));
    const documents = inserts.map(({ product: { id }, fields }): ProductDocument => {
      const { outbox = [], version = 0 } = tombstones.get(id) ?? {};
      const log = { applied: positions.get(id) ?? 0 };
      return { _id: id, ...fields, version: version + 1, updatedAt: at, outbox, views: 0, log };
    });
    await this.products.insertMany(documents, { lean: true });
    const opened = inserts.map(({ product: { id, stock } }) => ({
      productId: id,
      onHand: stock ?? 0,
      version: (tombstones.get(id)?.stockVersion ?? 0) + 1,
    }));
    await this.inventory.open(opened);
    return documents.map(toProduct);
  }

  private report(plan: UpsertPlan, changes: Change<Product>[]): UpsertReport {
    const { inserts, changing, unchanged, rejected, stocks } = plan;
    const restocked = [...inserts.map(({ product }) => product.id), ...stocks.map(({ productId }) => productId)];
    return { inserted: inserts.length, updated: changing, unchanged, rejected, changes, restocked };
  }
}
