import { Injectable } from '@nestjs/common';
import { Cache } from '../cache/cache.js';
import type { Region } from '../region/region.js';
import type { RequestSchemas } from './request-params.js';
import { Strategy, switchOn, type StrategyCall, type StrategyDecorator } from './strategy.js';

/**
 * Answers from `region`; on a miss the method's or handler's own body answers, and the cache keeps what it said. It is
 * no loader for anybody else. On a handler `from` names the schemas of its pipes: what they refuse is not looked up.
 */
export const CacheAside = <P, V>(
  region: Region<P, V>,
  options: { readonly from?: RequestSchemas } = {},
): StrategyDecorator<(...args: never[]) => Promise<V>> => switchOn(CacheAsideInterceptor, region, { ...options });

@Injectable()
export class CacheAsideInterceptor extends Strategy {
  constructor(private readonly cache: Cache) {
    super();
  }

  override around({ switched, args, proceed, isHandler }: StrategyCall): Promise<unknown> {
    const region = switched.region as unknown as Region<unknown, unknown>;
    return this.cache.read(region, args[0], (params) => proceed(params), { isBound: isHandler });
  }
}
