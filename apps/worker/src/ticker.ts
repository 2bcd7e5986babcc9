import type { Logger } from '@nestjs/common';
import type { SchedulerRegistry } from '@nestjs/schedule';

/** What is done at each tick, and what is said when it fails. */
export interface Ticking {
  /** Of the interval, in the scheduler's registry. */
  readonly name: string;
  readonly everyMs: number;
  readonly work: () => Promise<unknown>;
  readonly complaint: string;
}

/**
 * Work that is done tick by tick, never twice at once. A failure is told once, again when it is another one or when all was
 * right meanwhile, and ends nothing: the next tick tries again.
 */
export class Ticker {
  private running: Promise<void> | undefined;
  private fault = '';

  constructor(
    private readonly scheduler: SchedulerRegistry,
    private readonly logger: Logger,
    private readonly ticking: Ticking,
  ) {}

  start(): void {
    const { name, everyMs } = this.ticking;
    this.scheduler.addInterval(
      name,
      setInterval(() => void this.tick(), everyMs),
    );
  }

  /** Ends the ticks, and waits for the one under way. */
  async stop(): Promise<void> {
    this.scheduler.deleteInterval(this.ticking.name);
    await this.running;
  }

  /** A tick of now, or the one under way. */
  tick(): Promise<void> {
    this.running ??= this.attempt().finally(() => (this.running = undefined));
    return this.running;
  }

  private async attempt(): Promise<void> {
    try {
      await this.ticking.work();
      this.fault = '';
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.fault) this.logger.warn({ err: error as Error }, this.ticking.complaint);
      this.fault = message;
    }
  }
}
