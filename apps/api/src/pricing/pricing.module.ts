import { Module } from '@nestjs/common';
import { CatalogModule, IdempotencyModule } from '@larder/shop';
import { PricingAdminController } from './pricing.admin.controller.js';

/** The price endpoints. */
@Module({ imports: [CatalogModule, IdempotencyModule], controllers: [PricingAdminController] })
export class PricingModule {}
