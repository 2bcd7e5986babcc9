import type { Redis } from 'ioredis';
import { WriteLogUnavailableError, WriteUnknownError } from '../errors.js';
import type { Durability } from '../region/durability.js';
import { connectRedis } from '../topology/connect-redis.js';
import { logFaults } from './log-durability.js';

const CHECK_EVERY_MS = 30_000;
/** While something is wrong it is looked more often whether it still is. */
const LOOK_EVERY_MS = 500;
/** Answers of a Redis that did nothing. */
const NOTHING_DONE =
  /^(OOM|MISCONF|READONLY|NOREPLICAS|LOADING|MASTERDOWN|BUSY|NOAUTH|NOPERM|WRONGPASS|CLUSTERDOWN|MOVED|ASK)/;
/** What ioredis says of a command that it had no connection for. */
const NOT_TAKEN = /enableOfflineQueue/;
/** What it says of one that it never sent, but of those in flight when a connection is closed too. */
const CLOSED = /Connection is closed/;

/** What a queue Redis is asked to be. */
export interface LogPromise {
  readonly durability: Durability;
  /** Settings that it hides are taken to be right. */
  readonly isTrusted: boolean;
}

/**
 * The connection of the write log: it resends nothing, so that no write is doubled, and it is used only while the Redis at
 * its other end is set up to keep what was promised.
 */
export class LogConnection {
  private readonly client: Redis;
  private readonly checkTimer: NodeJS.Timeout;
  private fault = 'it was not reached yet';
  private isClosed = false;
  private checkedAt = -Infinity;
  private checking: Promise<void> | undefined;
  /** Ends what is in flight when the connection does: ioredis leaves it open until its deadline. */
  private readonly inFlight = new Set<(error: Error) => void>();
  /** The first attempt to connect has ended: who comes before that waits for it. */
  private readonly begun: Promise<void>;

  constructor(
    url: string,
    private readonly promise: LogPromise,
    private readonly onFault: (fault: string | undefined) => void = () => undefined,
  ) {
    this.client = connectRedis(url, { role: 'log' });
    this.begun = new Promise((resolve) => {
      this.client.once('ready', () => void this.check().then(resolve));
      this.client.once('close', resolve);
    });
    this.client.on('ready', () => void this.check());
    this.client.on('close', () => {
      this.found('its connection was lost');
      for (const end of this.inFlight) end(new Error('The connection was lost.'));
      this.inFlight.clear();
    });
    this.checkTimer = setInterval(() => {
      if (this.fault !== '' || performance.now() - this.checkedAt >= CHECK_EVERY_MS) void this.check();
    }, LOOK_EVERY_MS).unref();
  }

  get durability(): Durability {
    return this.promise.durability;
  }

  /** Why nothing can be written now; `undefined` when it can. */
  get unavailableFor(): string | undefined {
    return this.fault === '' ? undefined : this.fault;
  }

  /**
   * One use of the client that accepts writes: only while what is promised of them can be kept.
   * @throws {WriteLogUnavailableError} nothing was done
   * @throws {WriteUnknownError} no answer in time: it may have been done
   */
  async write<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    if (this.fault !== '') {
      await this.begun;
      await this.checking;
      if (this.fault !== '') throw new WriteLogUnavailableError(this.fault);
    }
    return this.use(work);
  }

  /**
   * One use of the client that accepts nothing: whatever its settings are, what it holds can be read and ended.
   * @throws {WriteLogUnavailableError} nothing was done
   * @throws {WriteUnknownError} no answer in time: it may have been done
   */
  async use<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    if (this.client.status !== 'ready') await this.begun;
    const wasReady = this.client.status === 'ready';
    try {
      return await this.whileConnected(work);
    } catch (error) {
      const { message } = error as Error;
      const isUnsent = NOT_TAKEN.test(message) || (CLOSED.test(message) && !wasReady);
      if (NOTHING_DONE.test(message) || isUnsent) throw new WriteLogUnavailableError(message, { cause: error });
      throw new WriteUnknownError(error);
    }
  }

  /** Hands what `work` sends before it returns to the socket in one piece. */
  inOneWrite<T>(work: () => T): T {
    // without a connection nothing is sent before `work` returns
    const stream = this.client.status === 'ready' ? this.client.stream : undefined;
    stream?.cork();
    try {
      return work();
    } finally {
      stream?.uncork();
    }
  }

  close(): void {
    clearInterval(this.checkTimer);
    this.isClosed = true;
    this.client.disconnect();
  }

  private whileConnected<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.inFlight.add(reject);
      void work(this.client)
        .then(resolve, reject)
        .finally(() => this.inFlight.delete(reject));
    });
  }

  private check(): Promise<void> {
    if (this.client.status !== 'ready') return Promise.resolve();
    this.checking ??= this.examine().finally(() => (this.checking = undefined));
    return this.checking;
  }

  private async examine(): Promise<void> {
    try {
      this.checkedAt = performance.now();
      const faults = await this.whileConnected((client) => logFaults(client, this.promise));
      this.found(faults.join('; '));
    } catch (error) {
      this.found(`it does not answer (${(error as Error).message})`);
    }
  }

  private found(fault: string): void {
    if (fault === this.fault) return;
    this.fault = fault;
    if (this.isClosed) return; // it was asked for
    this.onFault(fault === '' ? undefined : fault);
  }
}
