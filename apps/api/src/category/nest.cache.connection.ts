import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { connectRedis } from '@larder/caching';
import type { Redis } from 'ioredis';

/** The connection of Nest's own cache to the shared Redis. Nest itself never closes one. */
export class NestCacheConnection implements OnApplicationShutdown {
  readonly client: Redis;
  readonly #logger = new Logger(NestCacheConnection.name);

  constructor(url: string) {
    // That Redis is away is said by the cache itself, and by /health/ready.
    this.client = connectRedis(url, { role: 'commands', onError: (error) => this.#logger.debug(error.message) });
  }

  onApplicationShutdown(): void {
    this.client.disconnect();
  }
}
