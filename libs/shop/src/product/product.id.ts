import { z } from 'zod';

/** An opaque product id: 1–64 characters from `[A-Za-z0-9._-]`. */
export const ProductId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected 1 to 64 characters from A-Z, a-z, 0-9, dot, underscore and hyphen');
export type ProductId = z.infer<typeof ProductId>;
