import { Controller, Get, Param } from '@nestjs/common';
import { InventoryService, Stock } from '@larder/shop';
import { Answers } from '../http/answers.decorator.js';
import { Cacheable } from '../http/cacheable.interceptor.js';
import { StockParams } from './inventory.params.js';

/** Stock as everyone sees it. */
@Controller('v1/inventory')
export class InventoryController {
  constructor(private readonly inventory: InventoryService) {}

  @Get(':productId')
  @Cacheable({ maxAge: 1, staleWhileRevalidate: 5 })
  @Answers(200, Stock, [404])
  show(@Param({ schema: StockParams }) { productId }: StockParams): Promise<Stock> {
    return this.inventory.find(productId);
  }
}
