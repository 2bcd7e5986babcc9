import { Injectable } from '@nestjs/common';
import { Cache } from '@larder/caching';
import {
  categoryTag,
  productById,
  stockOfProduct,
  UpsertRepository,
  type ImportedProduct,
  type UpsertReport,
} from '@larder/shop';
import { toTally, type ProductSink, type Tally } from './product.sink.js';

/** Keeps a catalogue in MongoDB, and invalidates what was cached of it, so that a running API shows it at once. */
@Injectable()
export class CatalogueStore implements ProductSink {
  constructor(
    private readonly products: UpsertRepository,
    private readonly cache: Cache,
  ) {}

  /** Stores a batch, all or nothing; the same batch twice changes nothing. */
  async store(batch: readonly ImportedProduct[]): Promise<Tally> {
    const report = await this.products.upsertMany(batch);
    await this.#invalidate(report);
    return toTally(report);
  }

  async #invalidate({ changes, restocked }: UpsertReport): Promise<void> {
    const images = changes.flatMap(({ before, after }) => [before, after]).filter((image) => image !== null);
    const ids = new Set(images.map(({ id }) => id));
    const slugs = new Set(images.flatMap(({ categories }) => categories));
    await this.cache.invalidate(
      productById,
      [...ids].map((id) => ({ id })),
    );
    await this.cache.invalidate(
      stockOfProduct,
      restocked.map((productId) => ({ productId })),
    );
    await this.cache.invalidateTags([...slugs].map(categoryTag));
  }
}
