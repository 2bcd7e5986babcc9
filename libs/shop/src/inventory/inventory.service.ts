import { Injectable } from '@nestjs/common';
import { ReadThrough, WriteThrough, type Change } from '@larder/caching';
import { Transactions } from '../database/transactions.js';
import { ProductNotFoundError } from '../product/product.errors.js';
import { InventoryRepository } from './inventory.repository.js';
import { stockOfProduct } from './inventory.regions.js';
import type { Stock, StockAdjustment } from './stock.js';

const keyOf = (productId: string): { productId: string } => ({ productId });

/** The stock of products: read through the cache, written through it, decided by MongoDB alone. */
@Injectable()
export class InventoryService {
  constructor(
    private readonly inventory: InventoryRepository,
    private readonly transactions: Transactions,
  ) {}

  /** The loader of the stock region. */
  @ReadThrough(stockOfProduct, { many: 'findMany' })
  findByProduct({ productId }: { productId: string }): Promise<Stock | null> {
    return this.transactions.outside(() => this.inventory.findById(productId));
  }

  /** The batch loader of the stock region: one query, answered in the order asked. */
  async findMany(asked: readonly { productId: string }[]): Promise<(Stock | null)[]> {
    const ids = asked.map(({ productId }) => productId);
    const found = await this.transactions.outside(() => this.inventory.findByIds(ids));
    const byId = new Map(found.map((stock) => [stock.productId, stock]));
    return asked.map(({ productId }) => byId.get(productId) ?? null);
  }

  /**
   * The stock of a product, through the cache.
   * @throws {ProductNotFoundError} no such product
   */
  async find(productId: string): Promise<Stock> {
    const stock = await this.findByProduct({ productId });
    if (!stock) throw new ProductNotFoundError(productId);
    return stock;
  }

  /**
   * The stock of a product from MongoDB, uncached.
   * @throws {ProductNotFoundError} no such product
   */
  async findTruth(productId: string): Promise<Stock> {
    const stock = await this.inventory.findById(productId);
    if (!stock) throw new ProductNotFoundError(productId);
    return stock;
  }

  /**
   * Sets what is on hand, to what a count found; the same number changes nothing and succeeds.
   * @throws {ProductNotFoundError} no such product
   * @throws {VersionMismatchError} `expected` is not the stock's version; nothing changed
   * @throws {StockBelowReservedError} more is reserved than would be on hand; nothing changed
   */
  @WriteThrough(stockOfProduct, { key: keyOf })
  setOnHand(productId: string, onHand: number, expected?: number): Promise<Change<Stock>> {
    return this.inventory.setOnHand(productId, onHand, expected);
  }

  /**
   * Adds pieces to what is on hand, or takes them. The reason stays with the record among its last 20.
   * @throws {ProductNotFoundError} no such product
   * @throws {VersionMismatchError} `expected` is not the stock's version; nothing changed
   * @throws {StockBelowReservedError} more is reserved than would be on hand; nothing changed
   * @throws {StockLimitError} more would be on hand than a record holds; nothing changed
   */
  @WriteThrough(stockOfProduct, { key: keyOf })
  adjust(productId: string, adjustment: StockAdjustment, expected?: number): Promise<Change<Stock>> {
    return this.inventory.adjust(productId, adjustment, expected);
  }
}
