import {
  CacheEvents,
  defineRegion,
  minutes,
  MongoSink,
  type Region,
  WriteBehindLog,
  type WriteLogOptions,
} from '@larder/caching';
import { createConnection, type Connection } from 'mongoose';

/** A document as a sink of the tests keeps it. */
export interface Kept {
  readonly id: string;
  readonly name?: string;
  readonly views?: number;
  readonly version?: number;
  readonly [field: string]: unknown;
}

const open = new Set<WriteBehindLog>();
let serial = 0;

/** A region of its own, of documents by their id. */
export const aLoggedRegion = (): Region<{ id: string }, Kept | null> =>
  defineRegion<{ id: string }, Kept | null>({
    name: `logged-${(serial += 1)}`,
    version: 1,
    key: ({ id }) => id,
    ttlMs: minutes(10),
    earlyRefresh: 0,
  });

/** A write log on the Redis at `url`; closed by `closeWriteLogs`. */
export const aWriteLog = (
  url: string,
  options: Partial<WriteLogOptions> = {},
  events = new CacheEvents(),
): WriteBehindLog => {
  const log = new WriteBehindLog(
    { url, durability: 'durable', isTrusted: false, maxEntries: 1_000_000, maxBytes: 268_435_456, ...options },
    events,
  );
  open.add(log);
  return log;
};

export const closeWriteLogs = (): void => {
  for (const log of open) log.close();
  open.clear();
};

/** A connection to the MongoDB at `url`, with a short fuse. */
export const aDatabase = (url: string): Promise<Connection> =>
  createConnection(url, { serverSelectionTimeoutMS: 500, socketTimeoutMS: 2_000 }).asPromise();

/** A sink into the collection of a region's name. */
export const aSink = (database: Connection, { name }: { readonly name: string }): MongoSink<Kept | null> =>
  new MongoSink<Kept | null>(() => database.collection(name));
