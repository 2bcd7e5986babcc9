import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, QueryFilter } from 'mongoose';
import { PRODUCT, toProduct, type ProductDocument } from '../product/product.document.js';
import type { CategoryPage, CategoryPageStart, PagePlace } from './category-page.js';
import { CategoryRepository } from './category.repository.js';
import { SORT_ORDERS, type ProductSort } from './product-sort.js';

const sortKeyOf = (product: ProductDocument, sort: ProductSort): string | number => {
  if (sort === 'name') return product.name;
  return sort === '-updatedAt' ? product.updatedAt.getTime() : product.price.amount;
};

/** What lies behind a place in an order: a larger key (or a smaller, downwards), or the same one and a larger id. */
const behind = (sort: ProductSort, { key, id }: NonNullable<PagePlace['after']>): QueryFilter<ProductDocument> => {
  const { field, direction } = SORT_ORDERS[sort];
  const value = sort === '-updatedAt' ? new Date(key) : key;
  return { $or: [{ [field]: { [direction === 1 ? '$gt' : '$lt']: value } }, { [field]: value, _id: { $gt: id } }] };
};

/** Pages of products by category; each is read along one index, from its start or from a place in it. */
@Injectable()
export class ListingRepository {
  constructor(
    @InjectModel(PRODUCT) private readonly products: Model<ProductDocument>,
    private readonly categories: CategoryRepository,
  ) {}

  /** A page in a total and stable order; `null` for an unknown category. */
  async findPage(start: CategoryPageStart): Promise<CategoryPage | null> {
    const [category, found] = await Promise.all([this.categories.findBySlug(start.slug), this.findFrom(start)]);
    if (!category) return null;
    const { sort, perPage, page } = start;
    const shown = found.slice(0, perPage);
    const last = found.length > perPage ? shown.at(-1) : undefined;
    return {
      products: shown.map(toProduct),
      total: category.productCount,
      next: last ? { page: page + 1, after: { key: sortKeyOf(last, sort), id: last._id } } : null,
    };
  }

  /** One more than the page holds, to know whether another page follows. */
  private findFrom({ slug, sort, perPage, page, after }: CategoryPageStart): Promise<ProductDocument[]> {
    const { field, direction } = SORT_ORDERS[sort];
    return this.products
      .find({ categories: slug, ...(after ? behind(sort, after) : {}) })
      .sort({ [field]: direction, _id: 1 })
      .skip(after ? 0 : (page - 1) * perPage)
      .limit(perPage + 1)
      .lean<ProductDocument[]>()
      .exec();
  }
}
