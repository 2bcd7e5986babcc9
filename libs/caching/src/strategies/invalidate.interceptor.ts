import { Injectable } from '@nestjs/common';
import { Cache } from '../cache/cache.js';
import type { Region } from '../region/region.js';
import { Strategy, switchOn, type StrategyCall, type StrategyDecorator } from './strategy.js';

/** How a method names what is no longer true once it has run. */
export interface InvalidateOptions<P, A extends readonly unknown[]> {
  /** The parameters of one value or of several, from the method's arguments. */
  readonly key: (...args: A) => P | readonly P[];
  /** Tags whose members are no longer true either. */
  readonly tags?: (...args: A) => readonly string[];
}

/** Runs the method, whatever it does, and then says that the values it names are no longer true; also when it fails. */
export const Invalidate = <P, V, A extends readonly unknown[]>(
  region: Region<P, V>,
  options: InvalidateOptions<P, A>,
): StrategyDecorator<(...args: [...A, ...never[]]) => Promise<unknown>> =>
  switchOn(InvalidateInterceptor, region, { ...options });

@Injectable()
export class InvalidateInterceptor extends Strategy {
  constructor(private readonly cache: Cache) {
    super();
  }

  override async around({ switched, args, proceed }: StrategyCall): Promise<unknown> {
    const { key, tags } = switched.options as unknown as InvalidateOptions<unknown, unknown[]>;
    const region = switched.region as unknown as Region<unknown, unknown>;
    const params = key(...args) as readonly unknown[];
    try {
      return await this.cache.writing(region, params, () => proceed(...args));
    } finally {
      await Promise.all([this.cache.invalidate(region, params), this.cache.invalidateTags(tags?.(...args) ?? [])]);
    }
  }
}
