import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Cache } from './cache/cache.js';
import { CacheLog } from './cache/cache.log.js';
import { RegionAdministration } from './cache/region-administration.js';
import { CachingOptionsModule } from './caching.options.js';
import { CacheAsideWriteInterceptor } from './strategies/cache-aside-write.interceptor.js';
import { CacheAsideInterceptor } from './strategies/cache-aside.interceptor.js';
import { InvalidateInterceptor } from './strategies/invalidate.interceptor.js';
import { ReadThroughInterceptor } from './strategies/read-through.interceptor.js';
import { StrategyWiring } from './strategies/strategy.wiring.js';
import { WriteThroughInterceptor } from './strategies/write-through.interceptor.js';

const STRATEGIES = [
  ReadThroughInterceptor,
  CacheAsideInterceptor,
  CacheAsideWriteInterceptor,
  WriteThroughInterceptor,
  InvalidateInterceptor,
];

/** The injected `Cache`'s own. */
const ADMINISTRATION = {
  provide: RegionAdministration,
  inject: [Cache],
  useFactory: ({ administration }: Cache) => administration,
};

/** Stores, coherence, `Cache` and the strategies of one process. Import it once, by `forRoot` or `forRootAsync`. */
@Module({
  imports: [DiscoveryModule],
  providers: [Cache, ADMINISTRATION, CacheLog, StrategyWiring, ...STRATEGIES],
  exports: [Cache, RegionAdministration, StrategyWiring, ...STRATEGIES],
})
export class CachingModule extends CachingOptionsModule {}
