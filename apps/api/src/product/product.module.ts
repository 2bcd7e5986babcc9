import { Module } from '@nestjs/common';
import { CatalogModule, IdempotencyModule } from '@larder/shop';
import { ProductAdminController } from './product.admin.controller.js';
import { ProductController } from './product.controller.js';

/** The product endpoints. */
@Module({ imports: [CatalogModule, IdempotencyModule], controllers: [ProductController, ProductAdminController] })
export class ProductModule {}
