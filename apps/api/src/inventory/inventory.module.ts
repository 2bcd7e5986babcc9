import { Module } from '@nestjs/common';
import { CatalogModule } from '@larder/shop';
import { InventoryAdminController } from './inventory.admin.controller.js';
import { InventoryController } from './inventory.controller.js';

/** The stock endpoints. */
@Module({ imports: [CatalogModule], controllers: [InventoryController, InventoryAdminController] })
export class InventoryModule {}
