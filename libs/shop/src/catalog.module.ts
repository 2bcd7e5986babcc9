import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { CATEGORY, CategorySchema } from './category/category.document.js';
import { CategoryRepository } from './category/category.repository.js';
import { CategoryService } from './category/category.service.js';
import { ListingRepository } from './category/listing.repository.js';
import { InventoryRepository } from './inventory/inventory.repository.js';
import { InventoryService } from './inventory/inventory.service.js';
import { STOCK, StockSchema } from './inventory/stock.document.js';
import { OutboxRepository } from './pricing/outbox.repository.js';
import { PricingRepository } from './pricing/pricing.repository.js';
import { PricingService } from './pricing/pricing.service.js';
import { PRODUCT, ProductSchema } from './product/product.document.js';
import { ProductEditService } from './product/product-edit.service.js';
import { ProductRepository } from './product/product.repository.js';
import { ProductService } from './product/product.service.js';
import { ProductSink } from './product/product.sink.js';
import { RelatedService } from './product/related.service.js';
import { TOMBSTONE, TombstoneSchema } from './product/tombstone.document.js';
import { TombstoneRepository } from './product/tombstone.repository.js';
import { UpsertRepository } from './product/upsert.repository.js';

const REPOSITORIES = [
  CategoryRepository,
  InventoryRepository,
  ListingRepository,
  OutboxRepository,
  PricingRepository,
  ProductRepository,
  TombstoneRepository,
  UpsertRepository,
];
const SERVICES = [
  CategoryService,
  InventoryService,
  PricingService,
  ProductEditService,
  ProductService,
  ProductSink,
  RelatedService,
];

/** Products, categories, stock and prices. Needs `ShopDatabaseModule` and `CachingModule` in the same process. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: PRODUCT, schema: ProductSchema },
      { name: TOMBSTONE, schema: TombstoneSchema },
      { name: CATEGORY, schema: CategorySchema },
      { name: STOCK, schema: StockSchema },
    ]),
  ],
  providers: [...REPOSITORIES, ...SERVICES],
  exports: [...REPOSITORIES, ...SERVICES],
})
export class CatalogModule {}
