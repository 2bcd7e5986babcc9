import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import type { Change } from '@larder/caching';
import { CategoryRepository } from '../category/category.repository.js';
import { CategoryCounts } from '../category/category-counts.js';
import { duplicateFieldOf } from '../database/duplicate-key.js';
import { Transactions } from '../database/transactions.js';
import { InventoryRepository } from '../inventory/inventory.repository.js';
import { changed, changePipeline, inOrder, type ProductFields } from './product.changes.js';
import { PRODUCT, toProduct, type ProductDocument } from './product.document.js';
import { ProductExistsError, ProductNotFoundError, SkuTakenError, VersionMismatchError } from './product.errors.js';
import { slugsOf, type Product, type ProductDraft, type ProductPatch } from './product.js';
import { TombstoneRepository } from './tombstone.repository.js';

/** Queries on products one by one. Knows no cache and no HTTP; a write answers its before and after image. */
@Injectable()
export class ProductRepository {
  constructor(
    @InjectModel(PRODUCT) private readonly products: Model<ProductDocument>,
    private readonly tombstones: TombstoneRepository,
    private readonly categories: CategoryRepository,
    private readonly inventory: InventoryRepository,
    private readonly transactions: Transactions,
  ) {}

  /** The product with this id. */
  async findById(id: string): Promise<Product | null> {
    return (await this.findByIds([id]))[0] ?? null;
  }

  /** The products with these ids in one query, in no order; unknown ids are left out. */
  async findByIds(ids: readonly string[]): Promise<Product[]> {
    return (await this.findLogged(ids)).map(({ product }) => product);
  }

  /**
   * The products with these ids in one query, in no order, each with the last position of the write log that was applied to it;
   * unknown ids are left out.
   */
  async findLogged(ids: readonly string[]): Promise<{ product: Product; applied: number }[]> {
    const found = await this.products
      .find({ _id: { $in: [...ids] } })
      .batchSize(ids.length + 1) // all in one reply
      .lean<ProductDocument[]>()
      .exec();
    // A document of an older program may have no log yet.
    return found.map((document) => ({
      product: toProduct(document),
      applied: (document as Partial<ProductDocument>).log?.applied ?? 0,
    }));
  }

  /** The product with this id and how often it was viewed. */
  async findWithViews(id: string): Promise<{ product: Product; views: number } | null> {
    const found = await this.products.findById(id).lean<ProductDocument>().exec();
    return found && { product: toProduct(found), views: found.views };
  }

  /**
   * Makes a product with its stock, and counts it in its categories, all or nothing. Of an id
   * that is made again, the write log is asked by `positionAfter` up to where its writes were meant for the product before.
   * @throws {ProductExistsError} the id is in use
   * @throws {SkuTakenError} another product has the sku
   */
  create(
    draft: ProductDraft & { id: string },
    positionAfter: () => Promise<number> = () => Promise.resolve(0),
  ): Promise<Change<Product>> {
    const { id, stock, category, categories: others, ...fields } = draft;
    const categories = [category, ...others];
    return this.transactions.run(async () => {
      await this.categories.count(new CategoryCounts().moved([], categories)); // first: most likely to meet another one
      const tombstone = (await this.tombstones.take([id])).get(id);
      const document: ProductDocument = {
        _id: id,
        ...fields,
        categories: slugsOf(categories),
        category: slugsOf([category])[0] ?? '',
        attributes: inOrder(fields.attributes),
        version: (tombstone?.version ?? 0) + 1,
        updatedAt: new Date(),
        outbox: tombstone?.outbox ?? [],
        views: 0,
        log: { applied: tombstone ? Math.max(await positionAfter(), tombstone.log.applied) : 0 },
      };
      await this.refusingDuplicates(document._id, document.sku, () => this.products.insertOne(document));
      await this.inventory.open([{ productId: id, onHand: stock, version: (tombstone?.stockVersion ?? 0) + 1 }]);
      return { before: null, after: toProduct(document) };
    });
  }

  /**
   * Changes the fields given. A move between categories takes its counts along, all or nothing.
   * @throws {ProductNotFoundError} no such product
   * @throws {VersionMismatchError} `expected` is not its version; nothing changed
   * @throws {SkuTakenError} another product has the sku; nothing changed
   */
  change(id: string, patch: ProductPatch, expected?: number): Promise<Change<Product>> {
    const { category, categories, ...others } = patch;
    const fields: ProductFields = {
      ...others,
      ...(others.attributes ? { attributes: inOrder(others.attributes) } : {}),
    };
    if (category === undefined && categories === undefined) return this.changeFields(id, fields, expected);
    return this.transactions.run(async () => {
      const before = await this.products.findById(id).lean<ProductDocument>().exec();
      if (!before) throw new ProductNotFoundError(id);
      const primary = category ?? before.category;
      const beside = categories ?? before.categories.filter((slug) => slug !== before.category);
      const names = [primary, ...beside];
      const slugs = slugsOf(names);
      const moved = { ...fields, category: slugs[0] ?? before.category, categories: slugs };
      const change = await this.changeFields(id, moved, expected);
      await this.categories.count(new CategoryCounts().moved(before.categories, names));
      return change;
    });
  }

  /**
   * Sets fields in one conditional write, without a transaction. Categories only from within one that counts them.
   * @throws {ProductNotFoundError} no such product
   * @throws {VersionMismatchError} `expected` is not its version; nothing changed
   * @throws {SkuTakenError} another product has the sku; nothing changed
   */
  async changeFields(id: string, fields: ProductFields, expected?: number): Promise<Change<Product>> {
    const at = new Date();
    const filter = expected === undefined ? { _id: id } : { _id: id, version: expected };
    const before = await this.refusingDuplicates(id, fields.sku ?? '', () =>
      this.products
        .findOneAndUpdate(filter, changePipeline(fields, at), { returnDocument: 'before', updatePipeline: true })
        .lean<ProductDocument>()
        .exec(),
    );
    if (!before) throw await this.reasonOfRefusal(id, expected);
    return { before: toProduct(before), after: toProduct(changed(before, fields, at)) };
  }

  /**
   * Removes a product with its stock, and leaves a tombstone.
   * @throws {ProductNotFoundError} no such product
   * @throws {VersionMismatchError} `expected` is not its version; nothing changed
   */
  remove(id: string, expected?: number): Promise<Change<Product>> {
    const filter = expected === undefined ? { _id: id } : { _id: id, version: expected };
    return this.transactions.run(async () => {
      const before = await this.products.findOneAndDelete(filter).lean<ProductDocument>().exec();
      if (!before) throw await this.reasonOfRefusal(id, expected);
      const stockVersion = await this.inventory.close(id);
      const { version, outbox, log } = before;
      await this.tombstones.leave({ _id: id, version, stockVersion, outbox, log });
      await this.categories.count(new CategoryCounts().moved(before.categories, []));
      return { before: toProduct(before), after: null };
    });
  }

  private async reasonOfRefusal(id: string, expected: number | undefined): Promise<Error> {
    const found = await this.products.findById(id).select({ version: 1 }).lean<ProductDocument>().exec();
    if (!found || expected === undefined) return new ProductNotFoundError(id);
    return new VersionMismatchError(id, expected, found.version);
  }

  private async refusingDuplicates<T>(id: string, sku: string, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      const field = duplicateFieldOf(error);
      if (field === '_id') throw new ProductExistsError(id);
      if (field === 'sku') throw new SkuTakenError(sku);
      throw error;
    }
  }
}
