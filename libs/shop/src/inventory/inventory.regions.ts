import { days, defineRegion, minutes, seconds } from '@larder/caching';
import type { Stock } from './stock.js';

/** The stock of a product, `null` when there is no such product. What is shown may lag; it can never sell. */
export const stockOfProduct = defineRegion<{ productId: string }, Stock | null>({
  name: 'stock',
  version: 1,
  key: ({ productId }) => productId,
  ttlMs: minutes(5),
  staleWhileRevalidateMs: seconds(30),
  staleIfErrorMs: days(1),
  absentMs: seconds(30),
  near: { ttlMs: minutes(1) },
  consistency: { level: 'bounded', ms: 250 },
  partition: 'bypass',
  versionOf: (stock) => stock.version,
});
