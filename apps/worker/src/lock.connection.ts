import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { connectRedis } from '@larder/caching';
import type { Redis } from 'ioredis';

/** The connection to the Redis of locks. */
export const LOCK_REDIS = Symbol('lock-redis');

const DEADLINE_MS = 1_000;

/** Connects to the Redis of locks, and says once when it cannot. */
export const lockRedis = (url: string): Redis => {
  const logger = new Logger('Locks');
  let fault = '';
  return connectRedis(url, {
    role: 'commands',
    deadlineMs: DEADLINE_MS,
    onError: ({ message }) => {
      if (message !== fault) logger.warn(`The Redis of locks: ${message}`);
      fault = message;
    },
  });
};

/** Ends the connection of locks with the process. */
@Injectable()
export class LockConnection implements OnApplicationShutdown {
  constructor(@Inject(LOCK_REDIS) private readonly redis: Redis) {}

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}
