import { z } from 'zod';
import { lineOfText } from '../text.js';

const LONGEST_SLUG = 128;

/** The slug of a category's name: NFKD without marks, in lower case, every run of anything but letters and digits one `-`. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{Nd}]+/gu, '-')
    .replace(/^-|-$/g, '');

/** A category's slug, as in addresses. */
export const CategorySlug = z
  .string()
  .min(1)
  .max(LONGEST_SLUG)
  .regex(/^[\p{L}\p{Nd}]+(?:-[\p{L}\p{Nd}]+)*$/u, 'expected letters and digits, joined by single hyphens');
export type CategorySlug = z.infer<typeof CategorySlug>;

/** A category as a person gives it: by name or by slug. Its slug is derived by `slugOf`. */
export const CategoryName = lineOfText(1, 100).refine((name) => CategorySlug.safeParse(slugOf(name)).success, {
  error: `expected a letter or a digit in it, and a slug of at most ${LONGEST_SLUG} characters`,
});
export type CategoryName = z.infer<typeof CategoryName>;

/** A category of the index. Its name is the one it first came with. */
export const Category = z.strictObject({
  slug: CategorySlug,
  name: z.string(),
  productCount: z.int().min(0),
});
export type Category = z.infer<typeof Category>;

/** The tag of every cached list that shows products of this category. */
export const categoryTag = (slug: string): string => `category:${slug}`;
