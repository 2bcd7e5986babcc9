import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { PRODUCT, type OutboxEntry, type ProductDocument } from '../product/product.document.js';
import { TOMBSTONE, type TombstoneDocument } from '../product/tombstone.document.js';
import type { PriceEvent } from './price.js';

const HAS_ENTRIES = { 'outbox.0': { $exists: true } };

const eventOf = (productId: string, { id, price, previous, at, version }: OutboxEntry): PriceEvent => ({
  id,
  productId,
  price,
  previous,
  at: at.toISOString(),
  version,
});

/** The price events that are not on the price stream yet, those of products removed meanwhile included. */
@Injectable()
export class OutboxRepository {
  constructor(
    @InjectModel(PRODUCT) private readonly products: Model<ProductDocument>,
    @InjectModel(TOMBSTONE) private readonly tombstones: Model<TombstoneDocument>,
  ) {}

  /** The events of up to `maxProducts` products, each product's in the order of its versions, the longest waiting first. */
  async findWaiting(maxProducts: number): Promise<PriceEvent[]> {
    const query = { sort: { 'outbox.at': 1 }, limit: maxProducts } as const;
    const only = { outbox: 1 };
    const [standing, gone] = await Promise.all([
      this.products.find(HAS_ENTRIES, only, query).lean<ProductDocument[]>().exec(),
      this.tombstones.find(HAS_ENTRIES, only, query).lean<TombstoneDocument[]>().exec(),
    ]);
    return [...standing, ...gone].flatMap(({ _id, outbox }) => outbox.map((entry) => eventOf(_id, entry)));
  }

  /** Takes events that are on the price stream out of the outbox. Changes no version; once more does no harm. */
  async forget(events: readonly Pick<PriceEvent, 'id' | 'productId'>[]): Promise<void> {
    const idsByProduct = new Map<string, string[]>();
    for (const { id, productId } of events) idsByProduct.set(productId, [...(idsByProduct.get(productId) ?? []), id]);
    const operations = [...idsByProduct].map(([_id, ids]) => ({
      updateOne: { filter: { _id }, update: { $pull: { outbox: { id: { $in: ids } } } } },
    }));
    if (operations.length === 0) return;
    await Promise.all([
      this.products.bulkWrite(operations, { ordered: false }),
      this.tombstones.bulkWrite(operations, { ordered: false }),
    ]);
  }
}
