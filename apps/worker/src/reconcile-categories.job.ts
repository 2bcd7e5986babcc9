import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { FencedLock } from '@larder/caching';
import { CategoryRepository } from '@larder/shop';
import { Interval, Timeout } from '@nestjs/schedule';
import type { Redis } from 'ioredis';
import { LOCK_REDIS } from './lock.connection.js';

const EVERY_MS = 60_000;
const FIRST_AFTER_MS = 2_000;
const LOCK_MS = 30_000;

/**
 * Counts the products of every category afresh, in one worker at a time. A worker that was stopped past its lock and
 * wakes has an old fencing token, which MongoDB's filter refuses.
 */
@Injectable()
export class ReconcileCategoriesJob implements BeforeApplicationShutdown {
  private readonly logger = new Logger('ReconcileCategories');
  private readonly lock: FencedLock;
  private running: Promise<void> | undefined;

  constructor(
    @Inject(LOCK_REDIS) redis: Redis,
    private readonly categories: CategoryRepository,
  ) {
    this.lock = new FencedLock(redis, 'reconcile-categories', LOCK_MS, (cause) => {
      this.logger.warn({ err: cause }, 'Could not prolong the lock.');
    });
  }

  @Timeout(FIRST_AFTER_MS)
  @Interval(EVERY_MS)
  async tick(): Promise<void> {
    this.running ??= this.run().finally(() => (this.running = undefined));
    await this.running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.running;
  }

  private async count(token: number): Promise<void> {
    const { counted, corrected, isFenced } = await this.categories.reconcileCounts(token);
    if (isFenced) this.logger.warn(`A newer worker has counted since token ${token}; stopped after ${counted}.`);
    else if (corrected > 0) this.logger.log(`Counted ${counted} categories, put ${corrected} right.`);
  }

  private async run(): Promise<void> {
    try {
      const above = await this.categories.latestFence();
      await this.lock.runIfFree((token) => this.count(token), { above });
    } catch (error) {
      this.logger.warn({ err: error as Error }, 'Could not count the categories; the next tick tries again.');
    }
  }
}
