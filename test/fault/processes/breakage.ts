import { MongoSink, type FlushOutcome, type PendingWrite, type SinkUpdate, type WriteBehindLog } from '@larder/caching';
import type { Connection } from 'mongoose';
import type { Breakage } from './orders.js';
import type { Kept } from './products.js';

/** A sink that applies a write whether it was applied before or not. */
export class UnguardedSink extends MongoSink<Kept | null> {
  protected override updateOf(write: PendingWrite): SinkUpdate {
    const { updateOne } = super.updateOf(write);
    return { updateOne: { ...updateOne, filter: { _id: this.idOf(write.params) } } };
  }
}

/** A sink that takes a document's version for what says whether a write was applied to it. */
class VersionedSink extends MongoSink<Kept | null> {
  private readonly known = new Map<unknown, number>();

  override async apply(writes: readonly PendingWrite[]): Promise<readonly FlushOutcome[]> {
    await super.apply(writes);
    return writes.map(() => ({ state: 'applied' }));
  }

  protected override updateOf(write: PendingWrite): SinkUpdate {
    const _id = this.idOf(write.params);
    const version = this.known.get(_id) ?? 1;
    const raises = Object.keys(write.set).length > 0 || write.value !== undefined;
    this.known.set(_id, version + (raises ? 1 : 0));
    const { updateOne } = super.updateOf(write);
    return { updateOne: { ...updateOne, filter: { _id, version } } };
  }
}

/** The sink of a flusher, with its breakage. */
export const sinkWith = (breakage: Breakage, database: Connection, collection: string): MongoSink<Kept | null> => {
  const Sink = { 'no guard': UnguardedSink, 'version as the guard': VersionedSink }[breakage as string] ?? MongoSink;
  return new Sink(() => database.collection(collection));
};

/** Lets the connection of a log resend what was in flight when it broke, as ioredis does unless it is told otherwise. */
export const letResend = (log: WriteBehindLog): void => {
  const { options } = log['connection']['client'];
  options.autoResendUnfulfilledCommands = true;
  options.maxRetriesPerRequest = 20;
  delete options.commandTimeout;
};
