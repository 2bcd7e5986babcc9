import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { MongoSink, type PendingWrite, type SinkUpdate } from '@larder/caching';
import type { Model } from 'mongoose';
import { PRODUCT, type ProductDocument } from './product.document.js';
import type { Product } from './product.js';

/** Where edits and views of products end. Views are shown by no cached product. */
@Injectable()
export class ProductSink extends MongoSink<Product | null> {
  constructor(@InjectModel(PRODUCT) products: Model<ProductDocument>) {
    // The driver's own collection: a flush is no part of a transaction that happens to run.
    super(() => products.collection);
  }

  override isShown({ set }: PendingWrite): boolean {
    return Object.keys(set).length > 0;
  }

  override overlaid(value: Product | null, write: PendingWrite): Product | null {
    const add = Object.fromEntries(Object.entries(write.add).filter(([field]) => field !== 'views'));
    const isShown = Object.keys(write.set).length > 0 || Object.keys(add).length > 0;
    return isShown ? super.overlaid(value, { ...write, add }) : value;
  }

  protected override updateOf(write: PendingWrite): SinkUpdate {
    const { updatedAt } = write.set;
    const update = super.updateOf(write);
    if (typeof updatedAt === 'string') {
      const { $set, ...others } = update.updateOne.update as { $set: Record<string, unknown> };
      delete $set['updatedAt'];
      // a price may have been changed since it was accepted
      const $max = { updatedAt: new Date(updatedAt) };
      return { updateOne: { ...update.updateOne, update: { $set, ...others, $max } } };
    }
    return update;
  }
}
