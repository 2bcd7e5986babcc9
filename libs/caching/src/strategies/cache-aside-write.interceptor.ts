import { Injectable } from '@nestjs/common';
import { Cache } from '../cache/cache.js';
import type { Region } from '../region/region.js';
import { affectedTagsOf, isChange, type Change } from './change.js';
import { Strategy, switchOn, type StrategyCall, type StrategyDecorator } from './strategy.js';

/** How a write names what it changes, and what then happens to the cached value. */
export interface CacheAsideWriteOptions<P, A extends readonly unknown[]> {
  /** The parameters of the region, from the method's arguments. */
  readonly key: (...args: A) => P;
  /** Whether the new value replaces the cached one at once; default: it is invalidated. Needs `versionOf` to be safe. */
  readonly update?: boolean;
  /** The write touches nothing that is written behind, so the write log is not asked. Default false. */
  readonly isApart?: boolean;
}

/**
 * Runs the method (the source changes first), then invalidates the value and the lists that showed it or show it now;
 * with `update` the new value replaces the old one unless a newer is there. A method that fails has its value
 * doubted, since a write whose answer was lost may have happened; its error arrives as it is.
 */
export const CacheAsideWrite = <P, V, A extends readonly unknown[]>(
  region: Region<P, V>,
  options: CacheAsideWriteOptions<P, A>,
): StrategyDecorator<(...args: [...A, ...never[]]) => Promise<Change<NonNullable<V>>>> =>
  switchOn(CacheAsideWriteInterceptor, region, { ...options });

@Injectable()
export class CacheAsideWriteInterceptor extends Strategy {
  constructor(private readonly cache: Cache) {
    super();
  }

  override async around({ switched, args, proceed }: StrategyCall): Promise<unknown> {
    const region = switched.region as unknown as Region<unknown, unknown>;
    const params = switched.options.key?.(...(args as never[]));
    const ticket = switched.options['update'] ? await this.cache.ticket(region, params) : '';
    let change: unknown;
    try {
      change = await this.cache.writing(region, params, () => proceed(...args), {
        isApart: switched.options['isApart'] === true,
      });
    } catch (error) {
      await this.cache.doubt(region, params);
      throw error;
    }
    const after = switched.options['update'] && isChange(change) ? change.after : null;
    await Promise.all([
      after === null ? this.cache.invalidate(region, params) : this.cache.write(region, params, after, { ticket }),
      this.cache.invalidateTags(affectedTagsOf(switched.region, change)),
    ]);
    return change;
  }
}
