import { Module } from '@nestjs/common';
import { CachingModule } from '@larder/caching';
import { loadStoreSettings } from '@larder/config';
import { CatalogModule, ShopDatabaseModule } from '@larder/shop';
import { CatalogueStore } from './importing/catalogue.store.js';
import { DryRun } from './importing/dry.run.js';

/** A batch is many orders at once, and nobody waits for one of them: longer than a request would take. */
const DEADLINE_MS = 2_000;

/** The shop without HTTP, for a process that fills it. It keeps nothing near: it reads no product twice. */
@Module({
  imports: [
    ShopDatabaseModule.forRootAsync({ useFactory: () => ({ uri: loadStoreSettings().MONGODB_URI }) }),
    CachingModule.forRootAsync({
      useFactory: () => {
        const { REDIS_URL, QUEUE_REDIS_URL } = loadStoreSettings();
        return { redisUrl: REDIS_URL, queueRedisUrl: QUEUE_REDIS_URL, near: false, deadlineMs: DEADLINE_MS };
      },
    }),
    CatalogModule,
  ],
  providers: [CatalogueStore, DryRun],
  exports: [CatalogueStore],
})
export class CatalogueModule {}
