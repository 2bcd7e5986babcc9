import { Body, Controller, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Price, PriceUpdates, PricingService, ProductDetails, ProductId, ProductService } from '@larder/shop';
import { z } from 'zod';
import { Answers } from '../http/answers.decorator.js';
import { Idempotent } from '../http/idempotent.interceptor.js';
import { type AcceptedVersions, IfMatch, onAcceptedVersion } from '../http/if.match.js';
import { statusOf } from '../http/problem.js';
import { Versioned } from '../http/versioned.interceptor.js';
import { ProductParams } from '../product/product.params.js';
import { changedProduct } from '../product/product.resource.js';
import { Requires } from '../session/access.decorators.js';

const PricesAnswer = z.strictObject({
  updated: z.int().min(0),
  unchanged: z.int().min(0),
  failed: z.array(z.strictObject({ productId: ProductId, status: z.int(), detail: z.string() })),
});
type PricesAnswer = z.infer<typeof PricesAnswer>;

/** What staff may change about prices. */
@Controller('v1/admin')
export class PricingAdminController {
  constructor(
    private readonly pricing: PricingService,
    private readonly products: ProductService,
  ) {}

  @Put('products/:id/price')
  @Requires('price:write')
  @Versioned()
  @Answers(200, ProductDetails, [404, 412])
  async change(
    @Param({ schema: ProductParams }) { id }: ProductParams,
    @Body({ schema: Price }) price: Price,
    @IfMatch() accepted: AcceptedVersions,
  ): Promise<ProductDetails> {
    const change = await onAcceptedVersion(accepted, (expected) => this.pricing.changePrice(id, price, expected));
    return changedProduct(this.products, change);
  }

  @Post('prices')
  @HttpCode(200)
  @Requires('price:write')
  @Idempotent()
  @Answers(200, PricesAnswer)
  async changeAll(@Body({ schema: PriceUpdates }) { updates }: PriceUpdates): Promise<PricesAnswer> {
    const { updated, unchanged, failed } = await this.pricing.changePrices(updates);
    return {
      updated,
      unchanged,
      failed: failed.map(({ productId, code, detail }) => ({ productId, status: statusOf(code), detail })),
    };
  }
}
