import { Injectable } from '@nestjs/common';
import { Cache } from '../cache/cache.js';
import type { Region } from '../region/region.js';
import { affectedTagsOf, isChange, type Change } from './change.js';
import { Strategy, switchOn, type StrategyCall, type StrategyDecorator } from './strategy.js';

/**
 * Runs the method (the source changes first), then puts the whole resulting value into the shared store, and says that
 * the lists which showed it or show it now are no longer true. No answer before both are done, or kept to be done.
 * Idea: JCache's CacheWriter, with the source in front.
 */
export const WriteThrough = <P, V, A extends readonly unknown[]>(
  region: Region<P, V>,
  options: { readonly key: (...args: A) => P },
): StrategyDecorator<(...args: [...A, ...never[]]) => Promise<Change<NonNullable<V>>>> =>
  switchOn(WriteThroughInterceptor, region, { ...options });

@Injectable()
export class WriteThroughInterceptor extends Strategy {
  constructor(private readonly cache: Cache) {
    super();
  }

  override async around({ switched, args, proceed }: StrategyCall): Promise<unknown> {
    const region = switched.region as unknown as Region<unknown, unknown>;
    const params = switched.options.key?.(...(args as never[]));
    const ticket = await this.cache.ticket(region, params);
    let change: unknown;
    try {
      change = await this.cache.writing(region, params, () => proceed(...args));
    } catch (error) {
      await this.cache.invalidate(region, params);
      throw error;
    }
    const after = isChange(change) ? change.after : null;
    await Promise.all([
      after === null ? this.cache.invalidate(region, params) : this.cache.write(region, params, after, { ticket }),
      this.cache.invalidateTags(affectedTagsOf(switched.region, change)),
    ]);
    return change;
  }
}
