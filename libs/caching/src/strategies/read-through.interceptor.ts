import { Injectable } from '@nestjs/common';
import { Cache } from '../cache/cache.js';
import type { LoadContext } from '../cache/regions.js';
import type { Region } from '../region/region.js';
import type { RequestSchemas } from './request-params.js';
import { Strategy, switchOn, type StrategyCall, type StrategyDecorator } from './strategy.js';

/** Where a read strategy's loader is more than one method, or stands on a handler. */
export interface ReadOptions {
  /** The name of the provider's batch loader: parameters in, values out in the same order. */
  readonly many?: string;
  /** On a handler: the schemas of its pipes. */
  readonly from?: RequestSchemas;
}

type LoaderDecorator<P, V> = StrategyDecorator<(params: P, context: LoadContext) => Promise<V>>;

/**
 * Answers from `region`; on a miss runs the decorated method, once per key across all processes, and makes it the
 * region's loader for every caller in this process. A loader's error arrives as the same object; `null` is kept for
 * `absentMs`. Idea: JCache's CacheLoader; leases of Nishtala et al., NSDI '13.
 */
export const ReadThrough = <P, V>(region: Region<P, V>, options: ReadOptions = {}): LoaderDecorator<P, V> =>
  switchOn(ReadThroughInterceptor, region, { ...options });

@Injectable()
export class ReadThroughInterceptor extends Strategy {
  constructor(private readonly cache: Cache) {
    super();
  }

  override around({ switched, args, proceed, isHandler }: StrategyCall): Promise<unknown> {
    const region = switched.region as unknown as Region<unknown, unknown>;
    return this.cache.read(region, args[0], (params, context) => proceed(params, context), { isBound: isHandler });
  }
}
