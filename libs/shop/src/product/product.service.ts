import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  Cache,
  CacheAhead,
  CacheAsideWrite,
  Invalidate,
  ReadThrough,
  WriteThrough,
  type Change,
  type LoadContext,
} from '@larder/caching';
import { Transactions } from '../database/transactions.js';
import { InventoryRepository } from '../inventory/inventory.repository.js';
import { stockOfProduct } from '../inventory/inventory.regions.js';
import type { Stock } from '../inventory/stock.js';
import { invalidateProducts } from './product.invalidation.js';
import type { ImportedProduct, Product, ProductDetails, ProductDraft, ProductPatch, ProductTruth } from './product.js';
import { ProductNotFoundError } from './product.errors.js';
import { productById } from './product.regions.js';
import { ProductRepository } from './product.repository.js';
import { UpsertRepository, type UpsertReport } from './upsert.repository.js';

/** A product that is looked at, by whom where that is known. */
export interface ProductView {
  readonly id: string;
  readonly visitor: string | undefined;
}

const keyOf = (id: string): { id: string } => ({ id });
const stockKeyOf = (id: string): { productId: string } => ({ productId: id });

const joined = (product: Product, stock: Stock | null): ProductDetails => ({
  ...product,
  stock: stock ? { available: stock.available, asOf: stock.asOf } : { available: 0, asOf: product.updatedAt },
});

/** Products: read through the cache, changed through it, and shown with the stock of this moment. */
@Injectable()
export class ProductService {
  constructor(
    private readonly products: ProductRepository,
    private readonly inventory: InventoryRepository,
    private readonly upserts: UpsertRepository,
    private readonly cache: Cache,
    private readonly transactions: Transactions,
  ) {}

  /** The loader of the product region. */
  @ReadThrough(productById, { many: 'findMany' })
  async findById({ id }: { id: string }, context?: LoadContext): Promise<Product | null> {
    const found = await this.transactions.outside(() => this.products.findLogged([id]));
    context?.applied(found[0]?.applied ?? 0);
    return found[0]?.product ?? null;
  }

  /** The batch loader of the product region: one query, answered in the order asked. */
  async findMany(asked: readonly { id: string }[], context?: LoadContext): Promise<(Product | null)[]> {
    const found = await this.transactions.outside(() => this.products.findLogged(asked.map(({ id }) => id)));
    const byId = new Map(found.map((logged) => [logged.product.id, logged]));
    context?.applied(...asked.map(({ id }) => byId.get(id)?.applied ?? 0));
    return asked.map(({ id }) => byId.get(id)?.product ?? null);
  }

  /**
   * A product with its stock, both through the cache, as a visitor views it: who views one next is learned from it.
   * @throws {ProductNotFoundError} no such product
   */
  @CacheAhead(productById, { key: ({ id }: ProductView) => keyOf(id), visitor: ({ visitor }: ProductView) => visitor })
  view({ id }: ProductView): Promise<ProductDetails> {
    return this.findDetails(id);
  }

  /**
   * A product with its stock, both through the cache.
   * @throws {ProductNotFoundError} no such product
   */
  async findDetails(id: string): Promise<ProductDetails> {
    const [product, stock] = await Promise.all([
      this.cache.read(productById, { id }),
      this.cache.read(stockOfProduct, { productId: id }),
    ]);
    if (!product) throw new ProductNotFoundError(id);
    return joined(product, stock);
  }

  /** The products with these ids in the order asked, a repeated id once, at its first place; `missing` are the unknown ones. */
  async findDetailsByIds(ids: readonly string[]): Promise<{ items: ProductDetails[]; missing: string[] }> {
    const asked = [...new Set(ids)];
    const found = await this.cache.readMany(productById, asked.map(keyOf));
    const items = await this.withStock(found.filter((product) => product !== null));
    return { items, missing: asked.filter((_id, at) => found[at] === null) };
  }

  /** These products with their stock, read through the cache in one go; within a transaction as that one sees it. */
  async withStock(products: readonly Product[]): Promise<ProductDetails[]> {
    const stocks = await this.stocksOf(products.map(({ id }) => id));
    return products.map((product) => joined(product, stocks.get(product.id) ?? null));
  }

  /**
   * A product with stock and views from MongoDB, uncached.
   * @throws {ProductNotFoundError} no such product
   */
  async findTruth(id: string): Promise<ProductTruth> {
    const [found, stock] = await Promise.all([this.products.findWithViews(id), this.inventory.findById(id)]);
    if (!found) throw new ProductNotFoundError(id);
    return { ...joined(found.product, stock), views: found.views };
  }

  /**
   * Makes a product, with its stock, under its own id or a fresh one, and the categories that come to be with it.
   * An id made again goes on from its old versions.
   * @throws {ProductExistsError} the id is in use
   * @throws {SkuTakenError} another product has the sku
   */
  create(draft: ProductDraft): Promise<Change<Product>> {
    return this.createAs(draft.id ?? randomUUID(), draft);
  }

  /** Makes a product under this id; see `create`. */
  @WriteThrough(productById, { key: keyOf, isApart: true }) // what is pending was meant for the product before it
  @Invalidate(stockOfProduct, { key: stockKeyOf })
  createAs(id: string, draft: ProductDraft): Promise<Change<Product>> {
    return this.products.create({ ...draft, id }, () => this.cache.positionAfter(productById, { id }));
  }

  /**
   * Changes the fields given, each as a whole; what is so already changes nothing and succeeds. A new price is recorded as
   * one price event.
   * @throws {ProductNotFoundError} no such product
   * @throws {VersionMismatchError} `expected` is not its version; nothing changed
   * @throws {SkuTakenError} another product has the sku; nothing changed
   */
  @WriteThrough(productById, { key: keyOf })
  change(id: string, patch: ProductPatch, expected?: number): Promise<Change<Product>> {
    return this.products.change(id, patch, expected);
  }

  /**
   * Removes a product and its stock; a tombstone keeps their versions.
   * @throws {ProductNotFoundError} no such product
   * @throws {VersionMismatchError} `expected` is not its version; nothing changed
   */
  @CacheAsideWrite(productById, { key: keyOf, isApart: true }) // an edit that comes after it has nothing to change
  @Invalidate(stockOfProduct, { key: stockKeyOf })
  async remove(id: string, expected?: number): Promise<Change<Product>> {
    if (expected !== undefined) await this.cache.settle(productById, { id });
    return this.products.remove(id, expected);
  }

  /**
   * Makes or changes a batch of imported products, best about 500 at once, with their categories and stock: all that the
   * report does not name as rejected, or nothing. The same batch twice changes nothing.
   */
  async upsertMany(batch: readonly ImportedProduct[]): Promise<UpsertReport> {
    const asked = batch.map(({ id }) => keyOf(id));
    const positionAfter = (id: string): Promise<number> => this.cache.positionAfter(productById, { id });
    const upsert = (): Promise<UpsertReport> => this.upserts.upsertMany(batch, positionAfter);
    const report = await this.cache.writing(productById, asked, upsert).catch(async (error: unknown) => {
      await this.cache.doubt(productById, asked); // it may be in, though its answer was lost
      throw error;
    });
    await Promise.all([
      invalidateProducts(this.cache, report.changes),
      this.cache.invalidate(stockOfProduct, report.restocked.map(stockKeyOf)),
    ]);
    return report;
  }

  private async stocksOf(ids: readonly string[]): Promise<Map<string, Stock>> {
    const stocks = this.transactions.isRunning
      ? await this.inventory.findByIds(ids)
      : await this.cache.readMany(stockOfProduct, ids.map(stockKeyOf));
    return new Map(stocks.filter((stock) => stock !== null).map((stock) => [stock.productId, stock]));
  }
}
