import { readFileSync } from 'node:fs';
import { z } from 'zod';

const ms = z.number().min(0);

/** What of a region may be overridden; the bounds of the numbers are the region's own. */
const RegionOverride = z
  .strictObject({
    ttlMs: ms,
    staleWhileRevalidateMs: ms,
    staleIfErrorMs: ms,
    absentMs: ms,
    near: z.union([z.literal(false), z.strictObject({ ttlMs: ms.optional(), maxEntries: z.int().min(1).optional() })]),
    consistency: z.discriminatedUnion('level', [
      z.strictObject({ level: z.literal('latest') }),
      z.strictObject({ level: z.literal('bounded'), ms }),
      z.strictObject({ level: z.literal('eventual') }),
    ]),
    partition: z.enum(['bypass', 'serve-stale', 'refuse']),
    jitter: z.number(),
    earlyRefresh: z.number(),
    softTimeoutMs: ms,
    hardTimeoutMs: ms,
    maxBytes: z.int().min(1),
    maxBypassLoads: z.int().min(1),
    ahead: z
      .strictObject({
        halfLifeMs: ms,
        graphHalfLifeMs: ms,
        leastScore: z.number(),
        leastWorth: z.number(),
        perTick: z.int(),
        share: z.number(),
        prefetch: z.int(),
      })
      .partial(),
  })
  .partial();

const RegionOverrides = z.record(z.string(), RegionOverride);

/** Overrides of regions, by name. */
export type RegionOverrides = Readonly<Record<string, Defined<z.infer<typeof RegionOverride>>>>;

/** The same fields, absent rather than `undefined`: JSON knows no `undefined`. */
type Defined<T> = { [Field in keyof T]?: Exclude<T[Field], undefined> };

/** A path, read and checked: the settings hold what stands in the file. */
export const regionsFile = z
  .string()
  .min(1)
  .transform((path, context): RegionOverrides => {
    try {
      const parsed = RegionOverrides.safeParse(JSON.parse(readFileSync(path, 'utf8')));
      if (parsed.success) return parsed.data;
      for (const { path: place, message } of parsed.error.issues) context.addIssue(`${place.join('.')}: ${message}`);
    } catch (error) {
      context.addIssue(`cannot be read as JSON: ${(error as Error).message}`);
    }
    return z.NEVER;
  });
