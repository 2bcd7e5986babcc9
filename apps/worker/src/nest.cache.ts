import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { connectRedis, nestCacheStore, seconds } from '@larder/caching';
import type { Redis } from 'ioredis';

/** What Nest's own cache of the API keeps in the shared Redis, as far as this process has to do with it: to drop it. */
@Injectable()
export class NestCache implements OnApplicationShutdown {
  private readonly logger = new Logger('NestCache');
  private readonly redis: Redis;

  constructor(url: string) {
    // That Redis is away is said by the cache itself.
    this.redis = connectRedis(url, { role: 'commands', onError: ({ message }) => this.logger.debug(message) });
  }

  /** Drops what is kept under `keys`. What cannot be dropped goes by its ten seconds. */
  async drop(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    try {
      await nestCacheStore(this.redis, seconds(10)).deleteMany([...keys]);
    } catch (error) {
      this.logger.warn({ err: error as Error }, 'Could not drop from Nest’s own cache; it goes within 10 s.');
    }
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}
