import { z } from 'zod';

const IDS_AT_ONCE = 100;
const LAST_PAGE = 10_000;

/** A number in a query: plain decimal digits, then its bounds. Nothing is coerced, so `0x10`, `1e2`, `+1` and `''` are refused. */
export const integerText = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^(0|[1-9]\d{0,8})$/, `expected a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .meta({ type: 'integer', minimum: min, maximum: max });

/** `page`, `perPage` and `cursor`, as every listing takes them. */
export const PAGING = {
  page: integerText(1, LAST_PAGE).default(1).meta({ default: 1 }),
  perPage: integerText(1, 100).default(20).meta({ default: 20 }),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,1024}$/, 'expected a nextCursor of an earlier page')
    .optional(),
};

/** A comma list of ids, each checked by `id`; a repeated one counts once, at its first place. */
export const idList = (id: z.ZodType<string, string>): z.ZodType<string[], string> =>
  z
    .string()
    .transform((text) => [...new Set(text.split(','))])
    .pipe(z.array(id).min(1).max(IDS_AT_ONCE));
