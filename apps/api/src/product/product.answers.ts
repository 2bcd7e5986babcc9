import { ProductId } from '@larder/shop';
import { z } from 'zod';

/** What became of a batch of edits: each of them is in one of the lists. */
export const EditsAnswer = z.strictObject({
  accepted: z.array(z.strictObject({ productId: ProductId, writeId: z.string() })).readonly(),
  failed: z.array(z.strictObject({ productId: ProductId, status: z.int(), detail: z.string() })).readonly(),
  durability: z
    .enum(['relaxed', 'durable', 'replicated', 'through'])
    .meta({ description: 'What holds of the accepted ones; `through`: they are in MongoDB already.' }),
});
export type EditsAnswer = z.infer<typeof EditsAnswer>;
