import { Inject, Injectable } from '@nestjs/common';
import { Cache, CacheAside, Preloading } from '@larder/caching';
import { ListingRepository } from '../category/listing.repository.js';
import { Transactions } from '../database/transactions.js';
import type { Product, ProductDetails } from './product.js';
import { ProductNotFoundError } from './product.errors.js';
import { productById, relatedTo, type RelatedProducts } from './product.regions.js';
import { ProductService } from './product.service.js';

/** How many are remembered of each kind: more than are shown, for some may be gone by then. */
const VIEWED_TOGETHER = 16;
const OF_THE_CATEGORY = 24;

/** What else to look at beside a product. */
@Injectable()
export class RelatedService {
  constructor(
    private readonly products: ProductService,
    private readonly listings: ListingRepository,
    private readonly transactions: Transactions,
    private readonly cache: Cache,
    @Inject(Preloading) private readonly preloading: Preloading | null,
  ) {}

  /**
   * At most `limit` products with the stock of this moment: what the same visitors view, the most first, then its
   * category, from its own place by name on. Never itself, none twice, none that is gone.
   * @throws {ProductNotFoundError} no such product
   */
  async findDetails(id: string, limit: number): Promise<ProductDetails[]> {
    await this.known(id);
    const { ids } = await this.find({ id });
    const items: ProductDetails[] = [];
    for (let from = 0; from < ids.length && items.length < limit;) {
      const asked = ids.slice(from, from + limit - items.length);
      items.push(...(await this.products.findDetailsByIds(asked)).items);
      from += asked.length;
    }
    return items;
  }

  /** The body of the region of related products: their ids alone. */
  @CacheAside(relatedTo)
  async find({ id }: { id: string }): Promise<RelatedProducts> {
    const product = await this.known(id);
    const [viewed, listed] = await Promise.all([this.viewedTogether(id), this.besideInCategory(product)]);
    const ids = new Set([...viewed, ...listed]);
    ids.delete(id);
    return { category: product.category, ids: [...ids] };
  }

  private async known(id: string): Promise<Product> {
    const product = await this.cache.read(productById, { id });
    if (!product) throw new ProductNotFoundError(id);
    return product;
  }

  /** Nothing where nobody can be asked: the category stands in for it. */
  private async viewedTogether(id: string): Promise<string[]> {
    if (!this.preloading?.isAvailable) return [];
    try {
      const neighbours = await this.preloading.neighboursOf(productById, { id }, VIEWED_TOGETHER);
      return neighbours.map(({ params }) => params.id);
    } catch (cause) {
      this.cache.events.emit('fault', { during: 'reading what is viewed together', region: relatedTo.name, cause });
      return [];
    }
  }

  /** From the product's place on, and where its category ends there, from its beginning. */
  private async besideInCategory({ id, name, category }: Product): Promise<string[]> {
    const start = { slug: category, sort: 'name', perPage: OF_THE_CATEGORY, page: 1 } as const;
    const behind = await this.idsFrom({ ...start, after: { key: name, id } });
    return behind.length < OF_THE_CATEGORY ? [...behind, ...(await this.idsFrom(start))] : behind;
  }

  private async idsFrom(start: Parameters<ListingRepository['findPage']>[0]): Promise<string[]> {
    const found = await this.transactions.outside(() => this.listings.findPage(start));
    return found?.products.map(({ id }) => id) ?? [];
  }
}
