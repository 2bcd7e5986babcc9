import { type DynamicModule, Module } from '@nestjs/common';
import { CacheModule } from '@nestjs/cache-manager';
import { nestCacheStore, seconds } from '@larder/caching';
import type { Settings } from '@larder/config';
import { CatalogModule } from '@larder/shop';
import { CategoryController } from './category.controller.js';
import { NestCacheConnection } from './nest.cache.connection.js';

/** The category endpoints, and Nest's own cache for the index of them. */
@Module({})
export class CategoryModule {
  static forRoot({ REDIS_URL }: Pick<Settings, 'REDIS_URL'>): DynamicModule {
    const connection = { provide: NestCacheConnection, useFactory: () => new NestCacheConnection(REDIS_URL) };
    const cache = CacheModule.registerAsync({
      isGlobal: true,
      extraProviders: [connection],
      inject: [NestCacheConnection],
      useFactory: ({ client }: NestCacheConnection) => ({ stores: [nestCacheStore(client, seconds(10))] }),
    });
    return { module: CategoryModule, imports: [CatalogModule, cache], controllers: [CategoryController] };
  }
}
