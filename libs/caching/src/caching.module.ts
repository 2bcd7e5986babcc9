import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Cache } from './cache/cache.js';
import { CacheLog } from './cache/cache.log.js';
import { RegionAdministration } from './cache/region-administration.js';
import { preloadingOf } from './cache-ahead/preloading.provider.js';
import { Preloading } from './cache-ahead/preloading.js';
import { CACHING_OPTIONS, CachingOptionsModule } from './caching.options.js';
import { CacheAheadInterceptor } from './strategies/cache-ahead.interceptor.js';
import { CacheAsideWriteInterceptor } from './strategies/cache-aside-write.interceptor.js';
import { CacheAsideInterceptor } from './strategies/cache-aside.interceptor.js';
import { InvalidateInterceptor } from './strategies/invalidate.interceptor.js';
import { ReadThroughInterceptor } from './strategies/read-through.interceptor.js';
import { StrategyWiring } from './strategies/strategy.wiring.js';
import { WriteBehindInterceptor } from './strategies/write-behind.interceptor.js';
import { WriteThroughInterceptor } from './strategies/write-through.interceptor.js';
import { writeBehindLogOf } from './write-behind/write-behind-log.provider.js';
import { WriteBehindLog } from './write-behind/write-behind-log.js';

const STRATEGIES = [
  ReadThroughInterceptor,
  CacheAsideInterceptor,
  CacheAsideWriteInterceptor,
  WriteThroughInterceptor,
  WriteBehindInterceptor,
  CacheAheadInterceptor,
  InvalidateInterceptor,
];

/** The injected `Cache`'s own. */
const ADMINISTRATION = {
  provide: RegionAdministration,
  inject: [Cache],
  useFactory: ({ administration }: Cache) => administration,
};

const WRITE_LOG = { provide: WriteBehindLog, inject: [CACHING_OPTIONS, Cache], useFactory: writeBehindLogOf };

const PRELOADING = { provide: Preloading, inject: [CACHING_OPTIONS, Cache], useFactory: preloadingOf };

/** Stores, coherence, `Cache` and the strategies of one process. Import it once, by `forRoot` or `forRootAsync`. */
@Module({
  imports: [DiscoveryModule],
  providers: [Cache, ADMINISTRATION, WRITE_LOG, PRELOADING, CacheLog, StrategyWiring, ...STRATEGIES],
  exports: [Cache, RegionAdministration, WriteBehindLog, Preloading, StrategyWiring, ...STRATEGIES],
})
export class CachingModule extends CachingOptionsModule {}
