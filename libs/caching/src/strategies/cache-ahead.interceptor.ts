import { Inject, Injectable } from '@nestjs/common';
import { Preloading } from '../cache-ahead/preloading.js';
import type { Region } from '../region/region.js';
import { Strategy, switchOn, type StrategyCall, type StrategyDecorator } from './strategy.js';

/** How a method names what was read, and by whom. */
export interface CacheAheadOptions<P, A extends readonly unknown[]> {
  /** The parameters of the value, from the method's arguments; `undefined` when this call is not to be learned of. */
  readonly key: (...args: A) => P | undefined;
  /** Who reads, at most 128 characters: what one visitor reads is learned to go together. Default nobody known. */
  readonly visitor?: (...args: A) => string | undefined;
  /** The name of the provider's method that loads one value from its parameters, where no `@ReadThrough` says so. */
  readonly loader?: string;
}

/**
 * Notes each call that succeeds as a read of the value that it names, and has the values of `region` loaded before they are
 * asked for: what is read often before it expires, and what goes with what a visitor read. The region needs a loader
 * on a provider. It costs the call under a microsecond; what is learned and loaded, a scheduled job learns and loads.
 */
export const CacheAhead = <P, V, A extends readonly unknown[]>(
  region: Region<P, V>,
  options: CacheAheadOptions<P, A>,
): StrategyDecorator<(...args: [...A, ...never[]]) => Promise<unknown>> =>
  switchOn(CacheAheadInterceptor, region, { ...options });

@Injectable()
export class CacheAheadInterceptor extends Strategy {
  constructor(@Inject(Preloading) private readonly preloading: Preloading | null) {
    super();
  }

  override async around({ switched, args, proceed }: StrategyCall): Promise<unknown> {
    const { key, visitor } = switched.options as unknown as CacheAheadOptions<unknown, unknown[]>;
    const answer = await proceed(...args);
    const params = key(...args);
    if (params !== undefined)
      this.preloading?.note(switched.region as unknown as Region<unknown, unknown>, params, visitor?.(...args));
    return answer;
  }
}
