import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Preloading } from '@larder/caching';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Ticker } from './ticker.js';

/** The tick of the preload job, in ms. */
export const PRELOAD_EVERY_MS = Symbol('preload-every-ms');

/** Loads what is likely to be asked for, tick by tick: in one worker at a time, in another when that one stops or dies. */
@Injectable()
export class PreloadJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Preload');
  private readonly ticker: Ticker;

  constructor(
    private readonly preloading: Preloading,
    scheduler: SchedulerRegistry,
    @Inject(PRELOAD_EVERY_MS) everyMs: number,
  ) {
    this.ticker = new Ticker(scheduler, this.logger, {
      ...{ name: 'preload', everyMs },
      work: () => preloading.tick(2 * everyMs),
      complaint: 'Could not load ahead; the next tick tries again.',
    });
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
    await this.preloading.giveBack().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'Could not give the lock of preloads back; it ends by itself.');
    });
  }
}
