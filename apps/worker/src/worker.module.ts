import { type DynamicModule, Module, RequestMethod } from '@nestjs/common';
import { CachingModule } from '@larder/caching';
import type { Settings } from '@larder/config';
import { CatalogModule, SHOP_REGIONS, ShopDatabaseModule, WatchModule } from '@larder/shop';
import { ScheduleModule } from '@nestjs/schedule';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { FLUSH_EVERY_MS, FlushWritesJob } from './flush-writes.job.js';
import { LOCK_REDIS, LockConnection, lockRedis } from './lock.connection.js';
import { NestCache } from './nest.cache.js';
import { PRELOAD_EVERY_MS, PreloadJob } from './preload.job.js';
import { ReconcileCategoriesJob } from './reconcile-categories.job.js';
import { WatchChangesJob } from './watch-changes.job.js';

// A worker has no requests; nestjs-pino must be given a route all the same.
const NO_REQUEST = { path: 'no-request-is-logged-here', method: RequestMethod.OPTIONS };

/** The scheduled jobs, by the settings they are given. */
@Module({})
export class WorkerModule {
  static with(settings: Settings, log: Logger): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        LoggerModule.forRoot({ pinoHttp: { logger: log, autoLogging: false }, forRoutes: [NO_REQUEST] }),
        ScheduleModule.forRoot(),
        ShopDatabaseModule.forRoot({ uri: settings.MONGODB_URI }),
        CachingModule.forRoot({
          redisUrl: settings.REDIS_URL,
          queueRedisUrl: settings.QUEUE_REDIS_URL,
          writeLog: { isTrusted: settings.QUEUE_REDIS_TRUSTED === 'durable' },
          declared: SHOP_REGIONS,
          ...(settings.REGIONS_FILE && { regions: settings.REGIONS_FILE }),
        }),
        CatalogModule,
        WatchModule,
      ],
      providers: [
        { provide: LOCK_REDIS, useFactory: () => lockRedis(settings.QUEUE_REDIS_URL) },
        LockConnection,
        ReconcileCategoriesJob,
        { provide: NestCache, useFactory: () => new NestCache(settings.REDIS_URL) },
        WatchChangesJob,
        { provide: FLUSH_EVERY_MS, useValue: settings.FLUSH_EVERY },
        FlushWritesJob,
        { provide: PRELOAD_EVERY_MS, useValue: settings.PRELOAD_EVERY },
        PreloadJob,
      ],
    };
  }
}
