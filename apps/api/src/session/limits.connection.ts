import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { connectRedis } from '@larder/caching';
import type { Redis } from 'ioredis';

const REPORT_EVERY_MS = 60_000;

/** The connection to the queue Redis that counts attempts to come in. Logs when it is lost, once a minute at most. */
export class LimitsConnection implements OnApplicationShutdown {
  readonly client: Redis;
  private readonly logger = new Logger(LimitsConnection.name);
  private loggedMs = -Infinity;

  constructor(url: string) {
    this.client = connectRedis(url, { role: 'commands', onError: (error) => this.report(error) });
  }

  onApplicationShutdown(): void {
    this.client.disconnect();
  }

  private report(error: Error): void {
    const nowMs = performance.now();
    if (nowMs - this.loggedMs < REPORT_EVERY_MS) return;
    this.loggedMs = nowMs;
    this.logger.warn(`The queue Redis does not answer; attempts are counted by each process alone. ${error.message}`);
  }
}
