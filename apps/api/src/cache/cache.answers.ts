import { z } from 'zod';

const count = z.int().min(0);
const ms = z.number().min(0);

const Policy = z.strictObject({
  ttlMs: ms,
  staleWhileRevalidateMs: ms,
  staleIfErrorMs: ms,
  absentMs: ms,
  near: z.union([
    z.literal(false),
    z.strictObject({ ttlMs: ms, maxEntries: z.number().min(0).nullable().meta({ description: 'null: no own limit' }) }),
  ]),
  consistency: z.discriminatedUnion('level', [
    z.strictObject({ level: z.literal('latest') }),
    z.strictObject({ level: z.literal('bounded'), ms }),
    z.strictObject({ level: z.literal('eventual') }),
  ]),
  partition: z.enum(['bypass', 'serve-stale', 'refuse']),
  jitter: z.number().min(0).max(0.5),
  earlyRefresh: z.number().min(0),
  softTimeoutMs: ms,
  hardTimeoutMs: ms,
  maxBytes: z.number().min(1),
  maxBypassLoads: z.number().min(1),
  ahead: z.strictObject({
    halfLifeMs: ms,
    graphHalfLifeMs: ms,
    leastScore: z.number().min(0),
    leastWorth: z.number().min(0),
    perTick: count,
    share: z.number().min(0),
    prefetch: count,
  }),
});

const RegionCounters = z.strictObject({
  hits: count,
  stale: count,
  misses: count,
  bypasses: count,
  hitRate: z.number().min(0).max(1),
  loads: count,
  loadFailures: count,
  collapsed: count,
  refusedFills: count,
  invalidations: count,
  preloads: count.meta({ description: 'loaded before anybody asked, by this process' }),
  oversized: count,
  unreadable: count,
  latencyMs: z.strictObject({ mean: ms, p50: ms, p95: ms, p99: ms, max: ms }),
  near: z.strictObject({
    hits: count,
    entries: count.meta({ description: 'kept now' }),
    bytes: count.meta({ description: 'about what these take now, decoded values included' }),
    evictions: z.strictObject({ entries: count, bytes: count, memory: count }),
  }),
  shared: z.strictObject({ hits: count }),
});

/** A region: its policy, and its counters in the instance that answers. */
export const RegionAnswer = z.strictObject({
  region: z.string(),
  version: count,
  policy: Policy,
  counters: RegionCounters,
});
export type RegionAnswer = z.infer<typeof RegionAnswer>;

export const RegionsAnswer = z.strictObject({ items: z.array(RegionAnswer) });
export type RegionsAnswer = z.infer<typeof RegionsAnswer>;

const Copy = z.strictObject({
  tier: z.enum(['near', 'shared']),
  ageMs: count,
  ttlLeftMs: count,
  staleLeftMs: count,
  ifErrorLeftMs: count,
  version: count,
  tags: z.array(z.string()).readonly(),
  bytes: count,
  isAbsence: z.boolean(),
  isTagRemoved: z.boolean(),
  served: z.enum(['fresh', 'stale', 'on-error', 'never']),
});

/** What is kept under a key: the copy that a read here would be answered with, else the nearest, and every copy. */
export const EntryAnswer = z.strictObject({
  region: z.string(),
  key: z.string(),
  ...Copy.shape,
  copies: z.array(Copy).readonly(),
});
export type EntryAnswer = z.infer<typeof EntryAnswer>;
