import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { Cache } from '@larder/caching';
import type { Connection } from 'mongoose';
import { Database } from '../database/database.js';
import { DatabaseUnavailableError } from '../database/database.errors.js';
import { SHOP_WATCHES } from '../shop.watches.js';
import { allUntrue, ChangeReader, clusterTime, type StreamStart } from './change.reader.js';
import { isHistoryLost } from './lost-history.js';
import { ResumeTokenRepository } from './resume-token.repository.js';
import type { Untruths } from './untruths.js';

const READY_WITHIN_MS = 2_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const KEEP_EVERY_MS = 250;
/** Without changes the token still moves on, so that it does not fall out of MongoDB's history. */
const KEEP_IDLE_EVERY_MS = 10_000;

/** Delivers what changes made untrue; once it has settled, nothing of it may be lost with this process but what the cache keeps unsent. */
export type Delivery = (untruths: Untruths) => Promise<void>;

/**
 * Hears of every write to the watched collections, by whomever, and has what it made untrue invalidated: each change at
 * least once, also after this process was away. What cannot be heard of any more makes all of the watched regions untrue.
 */
@Injectable()
export class ChangeWatcher {
  private readonly logger = new Logger('ChangeWatcher');
  private stopping = new AbortController();
  private following: Promise<void> | undefined;
  private reader: ChangeReader | undefined;
  private delivering: Promise<void> = Promise.resolve();
  private delivered: object | undefined;
  private isKeepingDue = true;
  private kept: { readonly token: object | undefined; readonly at: number } = { token: undefined, at: -Infinity };
  private isHistoryKnown = true;
  private fault = '';

  constructor(
    @InjectConnection() private readonly connection: Connection,
    private readonly database: Database,
    private readonly tokens: ResumeTokenRepository,
    private readonly cache: Cache,
  ) {}

  /** Begins, in the background and for as long as it takes. */
  start(deliver: Delivery): void {
    this.following ??= this.follow(deliver);
  }

  /** Ends once the batch in hand is delivered, and keeps how far it came. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.reader?.close();
    await this.following;
    await Promise.allSettled([this.delivering]);
    try {
      await this.keep(0);
    } catch (error) {
      this.logger.warn(
        { err: error as Error },
        'Could not keep how far changes were read; the next start repeats some.',
      );
    }
  }

  private async follow(deliver: Delivery): Promise<void> {
    for (let failures = 0; !this.isStopping(); failures += 1) {
      try {
        await this.database.ready({ withinMs: READY_WITHIN_MS });
        this.reader = await this.open(deliver);
        for (; !this.isStopping(); failures = 0) await this.readOn(this.reader, deliver);
      } catch (error) {
        if (this.isStopping()) this.logger.debug({ err: error as Error }, 'The change stream was closed.');
        else await this.recover(error as Error, failures);
      }
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async open(deliver: Delivery): Promise<ChangeReader> {
    const { db } = this.connection;
    if (!db) throw new DatabaseUnavailableError('it is not connected');
    const start = await this.whereToStart(db, deliver);
    const reader = new ChangeReader(db, SHOP_WATCHES, start);
    if (this.isStopping()) await reader.close();
    return reader;
  }

  private async whereToStart(db: NonNullable<Connection['db']>, deliver: Delivery): Promise<StreamStart> {
    const token = this.isHistoryKnown ? (this.delivered ?? (await this.tokens.find())) : undefined;
    if (token) return { resumeAfter: token };
    const startAtOperationTime = await clusterTime(db);
    this.logger.log('It is not known what was changed before: every watched region begins anew.');
    await deliver(allUntrue(SHOP_WATCHES));
    return { startAtOperationTime };
  }

  /** Reads a batch while the one before is delivered: a burst takes as long as the slower of the two. */
  private async readOn(reader: ChangeReader, deliver: Delivery): Promise<void> {
    const { changes, untruths } = await reader.next();
    const { token } = reader;
    await this.delivering;
    this.isHistoryKnown = true;
    this.fault = '';
    this.delivering = changes > 0 ? this.deliverUpTo(token, () => deliver(untruths)) : this.moveOnTo(token);
    this.delivering.catch((error: unknown) => this.logger.debug({ err: error as Error }, 'A batch was not delivered.'));
  }

  private async deliverUpTo(token: object | undefined, deliver: () => Promise<void>): Promise<void> {
    await deliver();
    this.delivered = token;
    this.isKeepingDue = true;
    await this.keep(KEEP_EVERY_MS);
  }

  private async moveOnTo(token: object | undefined): Promise<void> {
    this.delivered = token;
    await this.keep(this.isKeepingDue ? KEEP_EVERY_MS : KEEP_IDLE_EVERY_MS);
  }

  /** Keeps the token, unless that was done lately or something before it still waits to be sent. */
  private async keep(everyMs: number): Promise<void> {
    const { delivered, kept } = this;
    const now = performance.now();
    if (!delivered || delivered === kept.token || now - kept.at < everyMs) return;
    if (this.cache.unsentInvalidations > 0) return;
    await this.tokens.keep(delivered);
    this.kept = { token: delivered, at: now };
    this.isKeepingDue = false;
  }

  private async recover(error: Error, failures: number): Promise<void> {
    await this.reader?.close();
    this.reader = undefined;
    await Promise.allSettled([this.delivering]);
    this.delivering = Promise.resolve();
    if (isHistoryLost(error)) {
      this.isHistoryKnown = false;
      this.delivered = undefined;
    }
    if (error.message !== this.fault)
      this.logger.warn({ err: error }, 'The change stream broke off; it is opened again.');
    this.fault = error.message;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
    await delay(pauseMs, undefined, { ref: false, signal: this.stopping.signal }).catch((reason: unknown) => {
      this.logger.debug({ err: reason as Error }, 'Stopped while waiting for MongoDB.');
    });
  }
}
