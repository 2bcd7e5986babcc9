import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Cache } from '@larder/caching';
import { ChangeWatcher } from '@larder/shop';
import { NestCache } from './nest.cache.js';

/**
 * Watches MongoDB's changes for as long as the worker lives. Every worker does, without a lock: repeats do no harm, and
 * when one dies none has to take over.
 */
@Injectable()
export class WatchChangesJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly watcher: ChangeWatcher,
    private readonly cache: Cache,
    private readonly nestCache: NestCache,
  ) {}

  onApplicationBootstrap(): void {
    this.watcher.start(async (untruths) => {
      await Promise.all([untruths.tell(this.cache), this.nestCache.drop(untruths.nestKeys)]);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.watcher.stop();
  }
}
