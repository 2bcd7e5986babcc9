import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, UseInterceptors } from '@nestjs/common';
import {
  InventoryService,
  ProductDetails,
  ProductDraft,
  ProductEdits,
  ProductEditService,
  ProductPatch,
  ProductService,
  ProductTruth,
} from '@larder/shop';
import { DropCategoryIndex } from '../category/category.index.js';
import { Answers } from '../http/answers.decorator.js';
import { IdempotencyKey } from '../http/idempotency-key.decorator.js';
import { Idempotent } from '../http/idempotent.interceptor.js';
import { type AcceptedVersions, IfMatch, onAcceptedVersion } from '../http/if.match.js';
import { Versioned } from '../http/versioned.interceptor.js';
import { written } from '../http/written.js';
import { Requires } from '../session/access.decorators.js';
import { EditsAnswer } from './product.answers.js';
import { ProductParams } from './product.params.js';
import { changedProduct } from './product.resource.js';

/** What staff may do to products. */
@Controller('v1/admin/products')
export class ProductAdminController {
  constructor(
    private readonly products: ProductService,
    private readonly inventory: InventoryService,
    private readonly edits: ProductEditService,
  ) {}

  @Get(':id')
  @Requires('catalog:read')
  @Versioned()
  @Answers(200, ProductTruth, [404])
  show(@Param({ schema: ProductParams }) { id }: ProductParams): Promise<ProductTruth> {
    return this.products.findTruth(id);
  }

  @Post()
  @Requires('catalog:write')
  @UseInterceptors(DropCategoryIndex)
  @Idempotent()
  @Versioned('/v1/products')
  @Answers(201, ProductDetails, [409])
  async create(@Body({ schema: ProductDraft }) draft: ProductDraft): Promise<ProductDetails> {
    const product = written(await this.products.create(draft));
    const { available, asOf } = await this.inventory.findTruth(product.id);
    return { ...product, stock: { available, asOf } };
  }

  @Post('edits')
  @HttpCode(202)
  @Requires('catalog:write')
  @Idempotent('log')
  @Answers(202, EditsAnswer)
  edit(
    @Body({ schema: ProductEdits }) { edits }: ProductEdits,
    @IdempotencyKey() writeKey: string | undefined,
  ): Promise<EditsAnswer> {
    return this.edits.editMany(edits, writeKey);
  }

  @Patch(':id')
  @Requires('catalog:write')
  @UseInterceptors(DropCategoryIndex)
  @Versioned()
  @Answers(200, ProductDetails, [404, 409, 412])
  async change(
    @Param({ schema: ProductParams }) { id }: ProductParams,
    @Body({ schema: ProductPatch }) patch: ProductPatch,
    @IfMatch() accepted: AcceptedVersions,
  ): Promise<ProductDetails> {
    const change = await onAcceptedVersion(accepted, (expected) => this.products.change(id, patch, expected));
    return changedProduct(this.products, change);
  }

  @Delete(':id')
  @Requires('catalog:write')
  @UseInterceptors(DropCategoryIndex)
  @HttpCode(204)
  @Answers(204, undefined, [404, 412])
  async remove(
    @Param({ schema: ProductParams }) { id }: ProductParams,
    @IfMatch() accepted: AcceptedVersions,
  ): Promise<void> {
    await onAcceptedVersion(accepted, (expected) => this.products.remove(id, expected));
  }
}
