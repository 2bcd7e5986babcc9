import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { WriteBehindLog } from '@larder/caching';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Ticker } from './ticker.js';

/** The tick of the flush job, in ms. */
export const FLUSH_EVERY_MS = Symbol('flush-every-ms');

/**
 * Brings accepted writes to MongoDB, tick by tick. Every worker does: a record is one flusher's at a time, and is taken over
 * when that one dies. A worker that stops flushes once more; what is left another flushes, or the next start.
 */
@Injectable()
export class FlushWritesJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(log: WriteBehindLog, scheduler: SchedulerRegistry, @Inject(FLUSH_EVERY_MS) everyMs: number) {
    this.ticker = new Ticker(scheduler, new Logger('FlushWrites'), {
      ...{ name: 'flush-writes', everyMs },
      work: () => log.flush(),
      complaint: 'Could not flush; the next tick tries again.',
    });
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
    await this.ticker.tick();
  }
}
