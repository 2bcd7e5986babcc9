import { Controller, Get, Header, Param, Query, UseInterceptors } from '@nestjs/common';
import { CacheInterceptor, CacheKey, CacheTTL } from '@nestjs/cache-manager';
import { CATEGORY_INDEX_KEY, Category, CategoryService, CategorySlug, ProductPage, ProductSort } from '@larder/shop';
import { z } from 'zod';
import { Answers } from '../http/answers.decorator.js';
import { Cacheable } from '../http/cacheable.interceptor.js';
import { PAGING } from '../http/query.js';

const INDEX_TTL_MS = 10_000;

const CategoryParams = z.strictObject({ slug: CategorySlug });
type CategoryParams = z.infer<typeof CategoryParams>;

const PageQuery = z.strictObject({ ...PAGING, sort: ProductSort.default('name') });
type PageQuery = z.infer<typeof PageQuery>;

const CategoriesAnswer = z.strictObject({ items: z.array(Category) });
type CategoriesAnswer = z.infer<typeof CategoriesAnswer>;

/** The categories and what is in them. */
@Controller('v1/categories')
export class CategoryController {
  constructor(private readonly categories: CategoryService) {}

  @Get()
  @UseInterceptors(CacheInterceptor)
  @CacheKey(CATEGORY_INDEX_KEY)
  @CacheTTL(INDEX_TTL_MS)
  @Header('cache-control', 'public, max-age=10')
  @Answers(200, CategoriesAnswer)
  async list(): Promise<CategoriesAnswer> {
    return { items: await this.categories.findAll() };
  }

  @Get(':slug/products')
  @Cacheable({ maxAge: 5, staleWhileRevalidate: 30 })
  @Answers(200, ProductPage, [404])
  products(
    @Param({ schema: CategoryParams }) { slug }: CategoryParams,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<ProductPage> {
    return this.categories.findPage({ slug, ...query });
  }
}
