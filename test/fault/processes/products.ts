import { defineRegion, minutes, type Region } from '@larder/caching';
import { createConnection, type Connection } from 'mongoose';

/** A document of the laboratory. */
export interface Kept {
  readonly _id: string;
  readonly [field: string]: unknown;
}

/** A write that sets the field `a` to this makes the sink of a flusher throw. */
export const THROWS = 'makes the sink throw';

/** The collection and region of the laboratory's documents. */
export const PRODUCTS = 'products';

export const products: Region<{ id: string }, Kept | null> = defineRegion<{ id: string }, Kept | null>({
  name: PRODUCTS,
  version: 1,
  key: ({ id }) => id,
  ttlMs: minutes(10),
  earlyRefresh: 0,
});

/** A connection that notices within seconds that MongoDB is away. */
export const connectMongo = (url: string): Promise<Connection> =>
  createConnection(url, {
    serverSelectionTimeoutMS: 1_000,
    socketTimeoutMS: 3_000,
    connectTimeoutMS: 1_000,
  }).asPromise();
