import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Cache } from './cache.js';

const AGAIN_AFTER_MS = 10_000;

/** Writes into the log what no caller hears of: the shared store going and coming, and faults, each kind once in 10 s. */
@Injectable()
export class CacheLog implements OnModuleInit {
  private readonly logger = new Logger('Cache');
  private readonly saidAt = new Map<string, number>();

  constructor(private readonly cache: Cache) {}

  onModuleInit(): void {
    const { events } = this.cache;
    events.on('availability', ({ available, cause }) => {
      if (available) this.logger.log('The shared store answers and is trusted.');
      else if (cause !== undefined)
        this.logger.warn({ err: cause }, 'The shared store is away; reads go to the source.');
    });
    events.on('fault', ({ during, region, cause }) => {
      if (this.isNews(during)) this.logger.warn({ err: cause, ...(region && { region }) }, `A fault while ${during}.`);
    });
    events.on('oversized', ({ region, bytes }) => {
      if (this.isNews(`oversized ${region}`))
        this.logger.warn(`A value of ${bytes} bytes is too large for region "${region}".`);
    });
    events.on('writeLog', ({ isAvailable, fault }) => {
      if (isAvailable) this.logger.log('The write log takes writes.');
      else this.logger.warn(`The write log takes no writes: ${fault ?? 'unknown'}.`);
    });
    events.on('logLost', (loss) => {
      this.logger.error(
        loss.what === 'everything'
          ? 'All that waited in the write log is gone: its Redis was emptied or lost its disk. What was accepted since the last ' +
              'flush must be written again; new writes are accepted. See "The write log" in docs/operations.md.'
          : `Streams of the write log were deleted. Nothing is lost: ${loss.entered} waiting values were entered again.`,
      );
    });
    events.on('refused', ({ region, key, reason, isDead }) => {
      if (isDead) this.logger.error({ region, key, reason }, 'MongoDB refused a write for good: it is a dead letter.');
    });
  }

  private isNews(what: string): boolean {
    const now = performance.now();
    if (now - (this.saidAt.get(what) ?? -Infinity) < AGAIN_AFTER_MS) return false;
    this.saidAt.set(what, now);
    return true;
  }
}
