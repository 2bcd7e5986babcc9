import { Module } from '@nestjs/common';
import { CatalogModule } from '@larder/shop';
import { ProductAdminController } from './product.admin.controller.js';
import { ProductController } from './product.controller.js';
import { ViewRecorder } from './view.recorder.js';

/** The product endpoints. */
@Module({
  imports: [CatalogModule],
  controllers: [ProductController, ProductAdminController],
  providers: [ViewRecorder],
})
export class ProductModule {}
