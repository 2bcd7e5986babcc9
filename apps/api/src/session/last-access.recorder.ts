import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { SessionService, type Session } from '@larder/shop';
import { LRUCache } from 'lru-cache';

const RECORD_EVERY_MS = 60_000;
const MOST_SESSIONS = 100_000;

/** Keeps `lastAccess` within a minute of the truth, in the background: no request waits for it, none fails with it. */
@Injectable()
export class LastAccessRecorder implements BeforeApplicationShutdown {
  private readonly logger = new Logger(LastAccessRecorder.name);
  private readonly recorded = new LRUCache<string, number>({ max: MOST_SESSIONS, ttl: RECORD_EVERY_MS });
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly sessions: SessionService) {}

  /** Notes that the session is used at `nowMs`; at most once a minute that reaches MongoDB. */
  note({ id, lastAccess }: Session, nowMs: number): void {
    if (nowMs - Date.parse(lastAccess) < RECORD_EVERY_MS || this.recorded.has(id)) return;
    this.recorded.set(id, nowMs);
    const recording = this.record(id, nowMs).finally(() => this.underWay.delete(recording));
    this.underWay.add(recording);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async record(id: string, nowMs: number): Promise<void> {
    try {
      await this.sessions.touch(id, new Date(nowMs));
    } catch (error) {
      this.logger.warn(`The last access of a session was not recorded; the next minute's will be. ${String(error)}`);
    }
  }
}
