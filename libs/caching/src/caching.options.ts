import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { AheadClock } from './region/ahead.js';
import type { Durability } from './region/durability.js';
import type { AnyRegion, RegionPolicy } from './region/region.js';

/** How a process caches. */
export interface CachingOptions {
  /** `redis[s]://…`: the Redis of cached values. */
  readonly redisUrl: string;
  /** `redis[s]://…`: the Redis of locks and logs, where it is another one. */
  readonly queueRedisUrl?: string;
  /** How writes behind are kept, on that Redis. */
  readonly writeLog?: {
    /** What holds of a write once it is acknowledged; default `durable`. */
    readonly durability?: Durability;
    /** A Redis that hides its settings is taken to be durable; default false. */
    readonly isTrusted?: boolean;
    /** How many records may wait for the source; default 1,000,000. */
    readonly maxEntries?: number;
    /** How many bytes they may take; default 256 MiB. */
    readonly maxBytes?: number;
  };
  /** What time it is for what is learned of reads; default the process's. */
  readonly aheadClock?: AheadClock;
  /** Whether values are kept near at all; default true. */
  readonly near?: boolean;
  /** The limits of the near store; default 10,000 entries and 64 MiB. */
  readonly nearLimits?: { readonly maxEntries?: number; readonly maxBytes?: number };
  /** How long an operation on the shared store may take, in ms; default 250. */
  readonly deadlineMs?: number;
  /** Every region that there is, also those which this process does not use: an override of any other is an error. */
  readonly declared?: readonly AnyRegion[];
  /** Numbers and policies of regions, by name, over what their definitions say. */
  readonly regions?: Readonly<Record<string, Partial<RegionPolicy>>>;
}

export const { ConfigurableModuleClass: CachingOptionsModule, MODULE_OPTIONS_TOKEN: CACHING_OPTIONS } =
  new ConfigurableModuleBuilder<CachingOptions>({ moduleName: 'Caching' })
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
    .build();
