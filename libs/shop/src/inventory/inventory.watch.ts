import { untrueBelow, type Watch } from '../watch/watch.js';
import { stockOfProduct } from './inventory.regions.js';

/** A changed stock record is untrue, and nothing else shows it. */
export const stockWatch: Watch = {
  collection: 'stocks',
  marks: ['adjustments'],
  images: ['version'],
  regions: [stockOfProduct],
  notice: (change, untruths) => untruths.value(stockOfProduct, { productId: change.id }, untrueBelow(change)),
};
