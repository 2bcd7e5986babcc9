import { Injectable } from '@nestjs/common';
import { Cache, CacheAsideWrite, type Change } from '@larder/caching';
import { invalidateProducts } from '../product/product.invalidation.js';
import type { Product } from '../product/product.js';
import { productById } from '../product/product.regions.js';
import type { Price, PriceUpdate, PriceUpdateReport } from './price.js';
import { PricingRepository } from './pricing.repository.js';

/** Price changes: MongoDB first, then every cached value that showed the old price. */
@Injectable()
export class PricingService {
  constructor(
    private readonly prices: PricingRepository,
    private readonly cache: Cache,
  ) {}

  /**
   * Sets a price and records exactly one price event with it; the price it already has succeeds and records none.
   * @throws {ProductNotFoundError} no such product
   * @throws {VersionMismatchError} `expected` is not its version; nothing changed
   */
  @CacheAsideWrite(productById, { key: (id: string) => ({ id }), isApart: true }) // then the listings it was on or is on now
  async changePrice(id: string, price: Price, expected?: number): Promise<Change<Product>> {
    // `expected` is of the newest acknowledged version; while nobody knows what is pending, MongoDB's counts
    if (expected !== undefined) await this.cache.settle(productById, { id });
    return this.prices.changePrice(id, price, expected);
  }

  /**
   * Sets up to 1,000 prices; each line as `changePrice` would, in the order given. A line for an absent product or
   * another version is one of `failed` and stops none of the others.
   */
  async changePrices(updates: readonly PriceUpdate[]): Promise<PriceUpdateReport> {
    const asked = updates.map(({ productId }) => ({ id: productId }));
    const change = (): ReturnType<PricingRepository['changePrices']> => this.prices.changePrices(updates);
    const { changes, ...report } = await this.cache
      .writing(productById, asked, change, { isApart: true })
      .catch(async (error: unknown) => {
        await this.cache.doubt(productById, asked); // some may be in, though their answer was lost
        throw error;
      });
    await invalidateProducts(this.cache, changes);
    return report;
  }
}
