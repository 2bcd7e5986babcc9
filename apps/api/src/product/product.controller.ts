import { Controller, Get, Param, Query } from '@nestjs/common';
import { ProductDetails, ProductId, ProductService, RelatedService } from '@larder/shop';
import { z } from 'zod';
import { Answers } from '../http/answers.decorator.js';
import { Cacheable } from '../http/cacheable.interceptor.js';
import { idList, integerText } from '../http/query.js';
import { Visitor } from '../http/visitor.decorator.js';
import { KnowsSession } from '../session/access.decorators.js';
import { ProductParams } from './product.params.js';
import { ViewRecorder } from './view.recorder.js';

const LIFETIMES = { maxAge: 5, staleWhileRevalidate: 30 };

const ProductsQuery = z.strictObject({ ids: idList(ProductId) });
type ProductsQuery = z.infer<typeof ProductsQuery>;

const ProductsAnswer = z.strictObject({ items: z.array(ProductDetails), missing: z.array(ProductId) });
type ProductsAnswer = z.infer<typeof ProductsAnswer>;

const RelatedQuery = z.strictObject({ limit: integerText(1, 20).default(5).meta({ default: 5 }) });
type RelatedQuery = z.infer<typeof RelatedQuery>;

const RelatedAnswer = z.strictObject({ items: z.array(ProductDetails) });
type RelatedAnswer = z.infer<typeof RelatedAnswer>;

/** Products as everyone sees them. */
@Controller('v1/products')
export class ProductController {
  constructor(
    private readonly products: ProductService,
    private readonly others: RelatedService,
    private readonly views: ViewRecorder,
  ) {}

  @Get()
  @Cacheable(LIFETIMES)
  @Answers(200, ProductsAnswer)
  list(@Query({ schema: ProductsQuery }) { ids }: ProductsQuery): Promise<ProductsAnswer> {
    return this.products.findDetailsByIds(ids);
  }

  @Get(':id')
  @KnowsSession()
  @Cacheable(LIFETIMES)
  @Answers(200, ProductDetails, [404])
  async show(
    @Param({ schema: ProductParams }) { id }: ProductParams,
    @Visitor() visitor: string | undefined,
  ): Promise<ProductDetails> {
    const details = await this.products.view({ id, visitor });
    if (visitor !== undefined) this.views.note(id);
    return details;
  }

  @Get(':id/related')
  @Cacheable(LIFETIMES)
  @Answers(200, RelatedAnswer, [404])
  async related(
    @Param({ schema: ProductParams }) { id }: ProductParams,
    @Query({ schema: RelatedQuery }) { limit }: RelatedQuery,
  ): Promise<RelatedAnswer> {
    return { items: await this.others.findDetails(id, limit) };
  }
}
