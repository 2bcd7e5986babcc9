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

  override overlaid(value: Product | null, write: PendingWrite, isShown = false): Product | null {
    const add = Object.fromEntries(Object.entries(write.add).filter(([field]) => field !== 'views'));
    const isShownAtAll = Object.keys(write.set).length > 0 || Object.keys(add).length > 0;
    return isShownAtAll ? super.overlaid(value, { ...write, add }, isShown) : value;
  }

  protected override updateOf(write: PendingWrite): SinkUpdate {
    const { updatedAt } = write.set;
    const update = super.updateOf(write);
    if (typeof updatedAt === 'string') {
      const { $set } = update.updateOne.update as { $set: Record<string, unknown> };
      $set['updatedAt'] = new Date(updatedAt);
    }
    return update;
  }
}
