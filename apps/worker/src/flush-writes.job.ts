import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { WriteBehindLog } from '@larder/caching';
import { SchedulerRegistry } from '@nestjs/schedule';

/** The tick of the flush job, in ms. */
export const FLUSH_EVERY_MS = Symbol('flush-every-ms');

const NAME = 'flush-writes';

/**
 * Brings accepted writes to MongoDB, tick by tick. Every worker does: a record is one flusher's at a time, and is taken over
 * when that one dies. A worker that stops flushes once more; what is left another flushes, or the next start.
 */
@Injectable()
export class FlushWritesJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('FlushWrites');
  private running: Promise<void> | undefined;
  private fault = '';

  constructor(
    private readonly log: WriteBehindLog,
    private readonly scheduler: SchedulerRegistry,
    @Inject(FLUSH_EVERY_MS) private readonly everyMs: number,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.tick(), this.everyMs);
    this.scheduler.addInterval(NAME, timer);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.scheduler.deleteInterval(NAME);
    await this.running;
    await this.tick();
  }

  private tick(): Promise<void> {
    this.running ??= this.flush().finally(() => (this.running = undefined));
    return this.running;
  }

  private async flush(): Promise<void> {
    try {
      await this.log.flush();
      this.fault = '';
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.fault)
        this.logger.warn({ err: error as Error }, 'Could not flush; the next tick tries again.');
      this.fault = message;
    }
  }
}
