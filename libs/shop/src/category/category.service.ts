import { Injectable } from '@nestjs/common';
import { CacheAhead, CacheAside } from '@larder/caching';
import { Transactions } from '../database/transactions.js';
import { ProductService } from '../product/product.service.js';
import { CategoryNotFoundError } from './category.errors.js';
import type { Category } from './category.js';
import { productsOfCategory } from './category.regions.js';
import { CategoryRepository } from './category.repository.js';
import type { CategoryPage, CategoryPageQuery, CategoryPageStart, ProductPage } from './category-page.js';
import { ListingRepository } from './listing.repository.js';
import { readCursor, writeCursor } from './page.cursor.js';

/** The page that is asked for, if it is the first of its category: the others are asked for too seldom to be learned of. */
const firstPageOf = ({ slug, sort, perPage, page, cursor }: CategoryPageQuery): CategoryPageStart | undefined =>
  cursor === undefined && page === 1 ? { slug, sort, perPage, page } : undefined;

/** The categories, and the products in each, page by page. */
@Injectable()
export class CategoryService {
  constructor(
    private readonly categories: CategoryRepository,
    private readonly listings: ListingRepository,
    private readonly products: ProductService,
    private readonly transactions: Transactions,
  ) {}

  /** Every category, by name, uncached. */
  findAll(): Promise<Category[]> {
    return this.categories.findAll();
  }

  /**
   * A page of a category's products with the stock of this moment, in a total and stable order. A page is found by its
   * number, or by the `nextCursor` of the one before, which costs the same at any depth.
   * @throws {CategoryNotFoundError} no such category
   * @throws {CursorInvalidError} the cursor is none, or one of another order
   */
  @CacheAhead(productsOfCategory, { key: firstPageOf, loader: 'findPageFrom' })
  async findPage(query: CategoryPageQuery): Promise<ProductPage> {
    const { slug, sort, perPage, cursor } = query;
    const start = cursor === undefined ? { page: query.page } : readCursor(cursor, sort);
    const found = await this.findPageFrom({ slug, sort, perPage, ...start });
    if (!found) throw new CategoryNotFoundError(slug);
    return {
      items: await this.products.withStock(found.products),
      page: start.page,
      perPage,
      total: found.total,
      nextCursor: found.next && writeCursor(found.next, sort),
    };
  }

  /** The body of the region of category pages: products without stock, `null` for an unknown category. */
  @CacheAside(productsOfCategory)
  findPageFrom(start: CategoryPageStart): Promise<CategoryPage | null> {
    return this.transactions.outside(() => this.listings.findPage(start));
  }
}
