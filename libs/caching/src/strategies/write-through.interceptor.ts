import { Injectable } from '@nestjs/common';
import { Cache } from '../cache/cache.js';
import type { Region } from '../region/region.js';
import { affectedTagsOf, isChange, type Change } from './change.js';
import { Strategy, switchOn, type StrategyCall, type StrategyDecorator } from './strategy.js';

/** How a write names what it changes. */
export interface WriteThroughOptions<P, A extends readonly unknown[]> {
  /** The parameters of the region, from the method's arguments. */
  readonly key: (...args: A) => P;
  /** The write touches nothing that is written behind, so the write log is not asked. Default false. */
  readonly isApart?: boolean;
}

/**
 * Runs the method (the source changes first), then puts the whole resulting value into the shared store, and says that
 * the lists which showed it or show it now are no longer true. No answer before both are done, or kept to be done.
 * Idea: JCache's CacheWriter, with the source in front.
 */
export const WriteThrough = <P, V, A extends readonly unknown[]>(
  region: Region<P, V>,
  options: WriteThroughOptions<P, A>,
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
      change = await this.cache.writing(region, params, () => proceed(...args), {
        isApart: switched.options['isApart'] === true,
      });
    } catch (error) {
      await this.cache.doubt(region, params);
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
