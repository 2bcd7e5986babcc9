import { z } from 'zod';
import { ProductId } from './product.id.js';
import { ProductPatch } from './product.js';

const MOST_EDITS = 1_000;
const EDITABLE = { name: true, description: true, thumbnail: true, attributes: true } as const;

/** New values of what may be edited behind, each replacing the whole of the old one; at least one. */
export const ProductEdit = ProductPatch.pick(EDITABLE)
  .extend({ productId: ProductId })
  .refine((edit) => Object.keys(EDITABLE).some((field) => edit[field as keyof typeof EDITABLE] !== undefined), {
    error: 'expected at least one of name, description, thumbnail and attributes',
  });
export type ProductEdit = z.infer<typeof ProductEdit>;

/** A batch of edits, in their order. */
export const ProductEdits = z.strictObject({ edits: z.array(ProductEdit).min(1).max(MOST_EDITS) });
export type ProductEdits = z.infer<typeof ProductEdits>;

/** What became of a batch: each edit is in one of the lists. */
export interface ProductEditReport {
  readonly accepted: readonly { readonly productId: string; readonly writeId: string }[];
  readonly failed: readonly { readonly productId: string; readonly status: number; readonly detail: string }[];
  readonly durability: 'relaxed' | 'durable' | 'replicated' | 'through';
}
