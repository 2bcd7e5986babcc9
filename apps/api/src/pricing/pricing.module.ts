import { Module } from '@nestjs/common';
import { CatalogModule } from '@larder/shop';
import { PricingAdminController } from './pricing.admin.controller.js';

/** The price endpoints. */
@Module({ imports: [CatalogModule], controllers: [PricingAdminController] })
export class PricingModule {}
