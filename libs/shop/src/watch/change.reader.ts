import type { Connection, mongo } from 'mongoose';
import { StreamOverError } from './lost-history.js';
import { changeIn, stagesOf, type ChangeEvent } from './change.event.js';
import { Untruths } from './untruths.js';
import { isOfValue, type Watch } from './watch.js';

/** Where reading begins: after a token, or at a time of the cluster's. */
export type StreamStart = { readonly resumeAfter: object } | { readonly startAtOperationTime: mongo.Timestamp };

type Database = NonNullable<Connection['db']>;
type Stream = mongo.ChangeStream<mongo.Document, ChangeEvent>;

/** How long one request waits at the server for a change. */
const WAIT_MS = 500;
const AT_ONCE = 1_000;

/** The time of the cluster now: a stream that starts at it misses nothing that is written from here on. */
export const clusterTime = async (db: Database): Promise<mongo.Timestamp> => {
  const { operationTime } = (await db.command({ hello: 1 })) as { operationTime: mongo.Timestamp };
  return operationTime;
};

/** One change stream over the watched collections of a database, read batch by batch. */
export class ChangeReader {
  private readonly stream: Stream;
  private readonly byCollection: ReadonlyMap<string, Watch>;

  constructor(
    db: Database,
    private readonly watches: readonly Watch[],
    start: StreamStart,
  ) {
    this.byCollection = new Map(watches.map((watch) => [watch.collection, watch]));
    this.stream = db.watch<mongo.Document, ChangeEvent>(stagesOf(watches), {
      ...start,
      fullDocument: 'whenAvailable',
      fullDocumentBeforeChange: 'whenAvailable',
      maxAwaitTimeMS: WAIT_MS,
      batchSize: AT_ONCE,
    });
  }

  /** Where a later stream may go on once all that was read is delivered. */
  get token(): object | undefined {
    return this.stream.resumeToken as object | undefined;
  }

  /**
   * What the next changes made untrue, with how many changes that were; none within half a second is an answer too.
   * @throws {StreamOverError} the database was dropped
   */
  async next(): Promise<{ changes: number; untruths: Untruths }> {
    const untruths = new Untruths();
    let changes = 0;
    let event = await this.stream.tryNext();
    while (event) {
      if (event.operationType === 'invalidate') throw new StreamOverError();
      this.notice(event, untruths);
      changes += 1;
      event = this.stream.bufferedCount() > 0 ? await this.stream.tryNext() : null;
    }
    if (this.stream.closed) throw new StreamOverError();
    return { changes, untruths };
  }

  close(): Promise<void> {
    return this.stream.close();
  }

  private notice(event: ChangeEvent, untruths: Untruths): void {
    const change = changeIn(event);
    const names = change ? [event.ns?.coll] : [event.ns?.coll, event.to?.coll];
    for (const name of names) {
      const watch = this.byCollection.get(name ?? '');
      if (!watch) continue;
      if (!change) watch.regions.forEach((region) => untruths.region(region));
      else if (isOfValue(change, watch)) watch.notice(change, untruths);
    }
  }
}

/** That everything which these watches guard is untrue. */
export const allUntrue = (watches: readonly Watch[]): Untruths => {
  const untruths = new Untruths();
  for (const { regions } of watches) for (const region of regions) untruths.region(region);
  return untruths;
};
