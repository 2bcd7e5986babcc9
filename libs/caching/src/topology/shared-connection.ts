import { Redis } from 'ioredis';
import { StoreUnavailableError } from '../errors.js';
import { Breaker } from './breaker.js';
import { connectRedis } from './connect-redis.js';
import { SharedClock } from './shared-clock.js';

const CLOCK_EVERY_MS = 30_000;

/** The connection for commands on the shared Redis: each under a deadline, all behind one breaker. */
export class SharedConnection {
  readonly client: Redis;
  readonly clock = new SharedClock();
  private readonly breaker: Breaker;
  private readonly clockTimer: NodeJS.Timeout;
  /** Runs before the shared store is trusted again; while it rejects, it is not. */
  beforeTrust: () => Promise<void> = () => Promise.resolve();
  /** Whether nothing has come up since that must run first. */
  isSettled: () => boolean = () => true;

  constructor(url: string, deadlineMs: number, onChange: (available: boolean, cause?: unknown) => void) {
    this.client = connectRedis(url, { role: 'commands', deadlineMs });
    this.breaker = new Breaker(
      async () => {
        await this.learnTime();
        await this.beforeTrust();
      },
      (isOpen, cause) => onChange(!isOpen, cause),
      () => this.isSettled(),
    );
    this.client.on('close', () => this.breaker.failed(new Error('The connection to the shared Redis was lost.')));
    // Until the first connection there is nothing to wait a deadline for.
    this.breaker.failed(undefined);
    this.clockTimer = setInterval(() => void this.use(() => this.learnTime()).catch(() => undefined), CLOCK_EVERY_MS);
    this.clockTimer.unref();
  }

  get isAvailable(): boolean {
    return !this.breaker.isOpen;
  }

  /**
   * One use of the client.
   * @throws {StoreUnavailableError} no answer within the deadline, or the breaker is open; a Redis that answers with
   * an error (out of memory, say) is unavailable for this use alone. `untrusted` asks it though the breaker is open:
   * for what must be done before it is trusted again.
   */
  async use<T>(work: (client: Redis) => Promise<T>, { untrusted = false } = {}): Promise<T> {
    if (this.breaker.isOpen && !untrusted) throw new StoreUnavailableError();
    try {
      return await work(this.client);
    } catch (error) {
      const isAnswer =
        error instanceof Error &&
        error.name === 'ReplyError' &&
        !/^(LOADING|CLUSTERDOWN|MASTERDOWN)/.test(error.message);
      if (!isAnswer) this.breaker.failed(error);
      throw new StoreUnavailableError(error);
    }
  }

  /** Trusts the shared store no more until what must run before has run. */
  distrust(cause: unknown): void {
    this.breaker.failed(cause);
  }

  close(): void {
    clearInterval(this.clockTimer);
    this.breaker.stop();
    this.client.disconnect();
  }

  private async learnTime(): Promise<void> {
    const askedAt = performance.now();
    const time = await this.client.time();
    this.clock.learn([time[0] ?? 0, time[1] ?? 0], askedAt, performance.now());
  }
}
