import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { afterCommit } from '@larder/caching';
import mongoose, { type Connection } from 'mongoose';

const OPTIONS = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
  timeoutMS: 10_000,
} as const;

mongoose.set('transactionAsyncLocalStorage', true);

/** Runs several writes as one. */
@Injectable()
export class Transactions {
  private readonly running = new AsyncLocalStorage<true>();

  constructor(@InjectConnection() private readonly connection: Connection) {}

  /**
   * Runs `work` in a transaction: every Mongoose query in it takes part, all or nothing, and what it invalidates is
   * invalidated after the commit. Runs `work` again when it met another transaction, so it must change nothing but
   * MongoDB; its queries run one after another. Inside another `run` it joins that one. Gives up after 10 s.
   */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running.getStore()) return work();
    return afterCommit(() => this.running.run(true, () => this.connection.transaction(work, OPTIONS)));
  }
}
