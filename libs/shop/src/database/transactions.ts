import { AsyncLocalStorage } from 'node:async_hooks';
import { Inject, Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { Cache } from '@larder/caching';
import mongoose, { type Connection } from 'mongoose';
import { DatabaseUnavailableError } from './database.errors.js';
import { SingleLane } from './single-lane.js';

const DEADLINE_MS = 10_000;

const OPTIONS = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
} as const;

mongoose.set('transactionAsyncLocalStorage', true);

/** Runs several writes as one. */
@Injectable()
export class Transactions {
  private readonly running = new AsyncLocalStorage<true>();
  private readonly untouched = AsyncLocalStorage.snapshot();
  private readonly retries = new SingleLane();

  constructor(
    @InjectConnection() private readonly connection: Connection,
    @Inject(Cache) private readonly cache: Pick<Cache, 'afterCommit'>,
  ) {}

  /**
   * Runs `work` in a transaction: every Mongoose query in it takes part, all or nothing, and what it invalidates is
   * invalidated after the commit. Runs `work` again when it met another transaction, so it must change nothing but
   * MongoDB; its queries run one after another. Inside another `run` it joins that one.
   * @throws {DatabaseUnavailableError} it met other transactions for 10 s on end
   */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isRunning) return work();
    return this.cache.afterCommit(() => this.running.run(true, () => this.attempt(work)));
  }

  /** Whether the caller is in a transaction, and so sees what nobody else does. */
  get isRunning(): boolean {
    return this.running.getStore() === true;
  }

  /** Runs a query in no transaction, whatever the caller is in: what is loaded for all must be committed. */
  outside<T>(query: () => T): T {
    return this.untouched(query);
  }

  /**
   * Those that met another one try again one at a time: 200 writers of one document would otherwise undo each other's work
   * past the deadline.
   */
  private async attempt<T>(work: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + DEADLINE_MS;
    let isAgain = false;
    let leave: (() => void) | undefined;
    try {
      return await this.connection.transaction(async () => {
        if (isAgain) leave ??= await this.retries.enter();
        if (performance.now() > deadline) throw new DatabaseUnavailableError('too many writes met each other');
        isAgain = true;
        return work();
      }, OPTIONS);
    } finally {
      leave?.();
    }
  }
}
