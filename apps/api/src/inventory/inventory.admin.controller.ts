import { Body, Controller, HttpCode, Param, Post, Put } from '@nestjs/common';
import { InventoryService, Stock, StockAdjustment, StockCount } from '@larder/shop';
import { Answers } from '../http/answers.decorator.js';
import { Idempotent } from '../http/idempotent.interceptor.js';
import { type AcceptedVersions, IfMatch, onAcceptedVersion } from '../http/if.match.js';
import { Versioned } from '../http/versioned.interceptor.js';
import { written } from '../http/written.js';
import { Requires } from '../session/access.decorators.js';
import { StockParams } from './inventory.params.js';

/** What staff may do to stock. */
@Controller('v1/admin/inventory')
export class InventoryAdminController {
  constructor(private readonly inventory: InventoryService) {}

  @Put(':productId')
  @Requires('inventory:write')
  @Versioned()
  @Answers(200, Stock, [404, 409, 412])
  async count(
    @Param({ schema: StockParams }) { productId }: StockParams,
    @Body({ schema: StockCount }) { onHand }: StockCount,
    @IfMatch() accepted: AcceptedVersions,
  ): Promise<Stock> {
    return written(
      await onAcceptedVersion(accepted, (expected) => this.inventory.setOnHand(productId, onHand, expected)),
    );
  }

  @Post(':productId/adjustments')
  @HttpCode(200)
  @Requires('inventory:write')
  @Idempotent()
  @Versioned()
  @Answers(200, Stock, [404, 409, 412])
  async adjust(
    @Param({ schema: StockParams }) { productId }: StockParams,
    @Body({ schema: StockAdjustment }) adjustment: StockAdjustment,
    @IfMatch() accepted: AcceptedVersions,
  ): Promise<Stock> {
    return written(
      await onAcceptedVersion(accepted, (expected) => this.inventory.adjust(productId, adjustment, expected)),
    );
  }
}
