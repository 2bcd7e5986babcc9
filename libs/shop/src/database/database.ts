import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import mongoose, { type Connection } from 'mongoose';
import { DatabaseUnavailableError, StandaloneServerError } from './database.errors.js';
import { keepPreImages, limitPreImages } from './pre-images.js';
import { SHOP_DATABASE_OPTIONS, type ShopDatabaseOptions } from './database.options.js';

const CONNECTED = mongoose.ConnectionStates.connected;
const LONGEST_PAUSE_MS = 2_000;

/** The selection timeout stays above an election, and a write is refused within 2 s; operations fail at once before the first connection. */
const CONNECTION_OPTIONS = {
  bufferCommands: false,
  autoIndex: false,
  autoCreate: false,
  serverSelectionTimeoutMS: 1_800,
  heartbeatFrequencyMS: 2_000,
  writeConcern: { w: 'majority', journal: true },
} as const;

/** Whether MongoDB can be worked with now, and if not, why. */
export interface DatabaseState {
  readonly isReady: boolean;
  readonly reason?: string;
}

/**
 * The connection to MongoDB, opened in the background and for as long as it takes: a process starts without it. Ready once
 * the server is a replica set and every index exists.
 */
@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Database');
  private readonly closing = new AbortController();
  private opening: Promise<void> | undefined;
  private isPrepared = false;
  private fault = 'it has not answered yet';

  constructor(
    @Inject(SHOP_DATABASE_OPTIONS) private readonly options: ShopDatabaseOptions,
    @InjectConnection() private readonly connection: Connection,
  ) {
    connection.on('error', (error: Error) => this.report(error)); // without a listener an 'error' ends the process
  }

  onModuleInit(): void {
    this.opening = this.open();
  }

  async onApplicationShutdown(): Promise<void> {
    this.closing.abort();
    await this.connection.close();
    await this.opening;
  }

  /** The state of this moment, without asking the server. */
  state(): DatabaseState {
    if (!this.isPrepared) return { isReady: false, reason: this.fault };
    if (this.connection.readyState === CONNECTED) return { isReady: true };
    return { isReady: false, reason: 'the connection was lost' };
  }

  /**
   * Waits until MongoDB is ready.
   * @throws {DatabaseUnavailableError} it was not within `withinMs`
   */
  async ready({ withinMs }: { withinMs: number }): Promise<void> {
    const waiting = new AbortController();
    const tooLate = delay(withinMs, undefined, { signal: waiting.signal, ref: true });
    try {
      await Promise.race([this.opening, tooLate]);
    } finally {
      tooLate.catch((error: unknown) => this.logger.verbose(error)); // the wait was called off
      waiting.abort();
    }
    const { isReady, reason = '' } = this.state();
    if (!isReady) throw new DatabaseUnavailableError(reason);
  }

  private async open(): Promise<void> {
    for (let attempt = 0; !this.closing.signal.aborted; attempt += 1) {
      try {
        if (this.connection.readyState !== CONNECTED)
          await this.connection.openUri(this.options.uri, CONNECTION_OPTIONS);
        await this.refuseStandalone();
        await this.prepare();
        this.isPrepared = true;
        return;
      } catch (error) {
        this.report(error as Error);
        if (error instanceof StandaloneServerError) await this.connection.close();
      }
      await this.pause(Math.min(200 * 2 ** attempt, LONGEST_PAUSE_MS));
    }
  }

  /** A router of a sharded cluster names no set of its own, and is welcome. */
  private async refuseStandalone(): Promise<void> {
    const hello = await this.connection.db?.admin().command({ hello: 1 });
    if (hello?.['setName'] !== undefined || hello?.['msg'] === 'isdbgrid') return;
    throw new StandaloneServerError(`${this.connection.host}:${this.connection.port}`);
  }

  private async prepare(): Promise<void> {
    for (const model of Object.values(this.connection.models)) {
      await model.createCollection();
      await model.createIndexes();
    }
    await this.tryPreImages();
  }

  /** Without earlier images all works, but a change by another program drops more from the cache than it must. */
  private async tryPreImages(): Promise<void> {
    try {
      await keepPreImages(this.connection);
    } catch (error) {
      this.logger.warn({ err: error as Error }, 'MongoDB was not brought to keep earlier images of documents.');
      return;
    }
    try {
      await limitPreImages(this.connection);
    } catch (error) {
      this.logger.log({ err: error as Error }, 'How long earlier images are kept is left to the cluster.');
    }
  }

  private async pause(ms: number): Promise<void> {
    try {
      await delay(ms, undefined, { ref: false, signal: this.closing.signal });
    } catch (error) {
      if (!this.closing.signal.aborted) throw error;
      this.logger.debug('Closed while waiting for MongoDB.');
    }
  }

  /** Says what is wrong once, not at every attempt. */
  private report(error: Error): void {
    if (this.closing.signal.aborted || error.message === this.fault) return;
    this.fault = error.message;
    this.logger.warn(`MongoDB: ${error.message}`);
  }
}
