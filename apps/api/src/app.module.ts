import { type DynamicModule, Module, RequestMethod } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { CachingModule } from '@larder/caching';
import type { Settings } from '@larder/config';
import { IdempotencyModule, SHOP_REGIONS, ShopDatabaseModule } from '@larder/shop';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { CacheAdminModule } from './cache/cache.admin.module.js';
import { WarmStart } from './cache/warm.start.js';
import { CategoryModule } from './category/category.module.js';
import { HealthModule } from './health/health.module.js';
import { DocsModule } from './http/docs.module.js';
import { PositionInterceptor } from './http/position.interceptor.js';
import { InventoryModule } from './inventory/inventory.module.js';
import { PricingModule } from './pricing/pricing.module.js';
import { ProductModule } from './product/product.module.js';
import { SessionModule } from './session/session.module.js';

// Requests are logged by a hook of ours (request.log.ts), at a fraction of what a middleware costs; its routes match nothing.
const NO_REQUEST = { path: 'no-request-is-logged-here', method: RequestMethod.OPTIONS };

/** The whole API, by the settings it is given. */
@Module({})
export class AppModule {
  static with(settings: Settings, log: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LoggerModule.forRoot({ pinoHttp: { logger: log, autoLogging: false }, forRoutes: [NO_REQUEST] }),
        ShopDatabaseModule.forRoot({ uri: settings.MONGODB_URI }),
        CachingModule.forRoot({
          redisUrl: settings.REDIS_URL,
          queueRedisUrl: settings.QUEUE_REDIS_URL,
          writeLog: { isTrusted: settings.QUEUE_REDIS_TRUSTED === 'durable' },
          declared: SHOP_REGIONS,
          ...(settings.REGIONS_FILE && { regions: settings.REGIONS_FILE }),
        }),
        IdempotencyModule,
        SessionModule.forRoot(settings),
        ProductModule,
        CategoryModule.forRoot(settings),
        InventoryModule,
        PricingModule,
        CacheAdminModule,
        HealthModule,
        DocsModule,
      ],
      providers: [{ provide: APP_INTERCEPTOR, useClass: PositionInterceptor }, WarmStart],
    };
  }
}
