import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { ProductEditService } from '@larder/shop';

const SEND_EVERY_MS = 100;
const MOST_WAITING = 50_000;
const MOST_TRIES = 5;
const COMPLAIN_EVERY_MS = 10_000;
const PAUSE_AT_THE_END_MS = 100;

/** Views of one product that travel together. */
interface Views {
  readonly id: string;
  readonly count: number;
  /** Names this batch: sent again, it counts once. */
  readonly batch: string;
  readonly tries: number;
}

/**
 * Counts views of products beside the request: none waits for it, none fails with it. Views of a tenth of a second travel
 * together; a batch whose answer was lost is sent again under its own name, so it counts once. What the write log does not take
 * at five tries is dropped, which `dropped` and the log of the process tell; `kill -9` drops what was not sent.
 */
@Injectable()
export class ViewRecorder implements BeforeApplicationShutdown {
  private readonly logger = new Logger(ViewRecorder.name);
  private counts = new Map<string, number>();
  private failed: Views[] = [];
  private sending: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private complainedAt = -Infinity;
  private droppedViews = 0;

  constructor(private readonly edits: ProductEditService) {}

  /** How many views were noted and will not be counted. */
  get dropped(): number {
    return this.droppedViews;
  }

  /** Notes one view. While 50,000 products wait to be told, views of others are dropped. */
  note(id: string): void {
    if (this.counts.size >= MOST_WAITING && !this.counts.has(id)) {
      this.drop(1, new Error(`${MOST_WAITING} products wait`));
      return;
    }
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1);
    this.schedule();
  }

  /** Sends what is left; by now no request is in flight. */
  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.sending;
    await this.sendAll();
    for (let tries = 1; this.failed.length > 0 && tries < MOST_TRIES; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AT_THE_END_MS));
      await this.sendAll();
    }
    if (this.droppedViews > 0) this.logger.warn({ dropped: this.droppedViews }, 'Views that were not counted, in all.');
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.sending ??= this.sendAll().finally(() => {
        this.sending = undefined;
        if (this.counts.size > 0 || this.failed.length > 0) this.schedule();
      });
    }, SEND_EVERY_MS).unref();
  }

  private async sendAll(): Promise<void> {
    const fresh = [...this.counts].map(([id, count]): Views => ({ id, count, batch: randomUUID(), tries: 0 }));
    const due = [...this.failed, ...fresh];
    this.counts = new Map();
    this.failed = [];
    await Promise.all(due.map((views) => this.tell(views)));
  }

  private async tell(views: Views): Promise<void> {
    try {
      await this.edits.countViews(views.id, views.count, views.batch);
    } catch (error) {
      const again = { ...views, tries: views.tries + 1 };
      if (again.tries < MOST_TRIES && this.failed.length < MOST_WAITING) this.failed.push(again);
      else this.drop(views.count, error as Error);
    }
  }

  private drop(views: number, err: Error): void {
    this.droppedViews += views;
    const now = performance.now();
    if (now - this.complainedAt < COMPLAIN_EVERY_MS) return;
    this.complainedAt = now;
    this.logger.warn({ err, dropped: this.droppedViews }, 'Views of products were not counted.');
  }
}
