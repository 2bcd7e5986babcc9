import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Cache, Preloading } from '@larder/caching';

const START_WAITS_MS = 2_000;

/**
 * Has the values that were hot in the last run near before this process takes requests. Start waits for it for 2 s at most,
 * and not at all while the Redis of what was learned is away; a source that fails is told as a fault.
 */
@Injectable()
export class WarmStart implements OnApplicationBootstrap {
  constructor(
    private readonly preloading: Preloading,
    private readonly cache: Cache,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const warmed = this.preloading.warm(START_WAITS_MS).catch((cause: unknown) => {
      this.cache.events.emit('fault', { during: 'warming the near store', cause });
    });
    await Promise.race([warmed, delay(START_WAITS_MS, undefined, { ref: false })]);
  }
}
