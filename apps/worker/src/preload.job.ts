import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Preloading } from '@larder/caching';
import { SchedulerRegistry } from '@nestjs/schedule';

/** The tick of the preload job, in ms. */
export const PRELOAD_EVERY_MS = Symbol('preload-every-ms');

const NAME = 'preload';

/** Loads what is likely to be asked for, tick by tick: in one worker at a time, in another when that one stops or dies. */
@Injectable()
export class PreloadJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Preload');
  private running: Promise<void> | undefined;
  private fault = '';

  constructor(
    private readonly preloading: Preloading,
    private readonly scheduler: SchedulerRegistry,
    @Inject(PRELOAD_EVERY_MS) private readonly everyMs: number,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.tick(), this.everyMs);
    this.scheduler.addInterval(NAME, timer);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.scheduler.deleteInterval(NAME);
    await this.running;
    await this.attempt(
      () => this.preloading.giveBack(),
      'Could not give the lock of preloads back; it ends by itself.',
    );
  }

  private tick(): Promise<void> {
    this.running ??= this.attempt(
      () => this.preloading.tick(2 * this.everyMs),
      'Could not load ahead; the next tick tries again.',
    ).finally(() => (this.running = undefined));
    return this.running;
  }

  /** Says once what went wrong, and again when it was right meanwhile. */
  private async attempt(work: () => Promise<unknown>, complaint: string): Promise<void> {
    try {
      await work();
      this.fault = '';
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.fault) this.logger.warn({ err: error as Error }, complaint);
      this.fault = message;
    }
  }
}
