import { days, defineRegion, hours, minutes, type Region } from '@larder/caching';
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
  ttlMs: hours(24),
  earlyRefresh: 0,
  staleWhileRevalidateMs: minutes(10),
  staleIfErrorMs: days(7),
  versionOf: ({ version }) => Number(version),
});

/** How many bytes the log may hold. */
export const LOG_BYTES = 1_073_741_824;

/** How many of so many documents are replaced and deleted as wholes; where values are cached these are only read. */
export const wholesOf = (keys: number): number => Math.ceil(keys * 0.1);

/** What the document of this number is called. */
export const nameOf = (number: number, keys: number): string => `${number < wholesOf(keys) ? 'r' : 'p'}${number}`;

const CONNECTED_WITHIN_MS = 60_000;

/** Those who notice within seconds that MongoDB is away, and those who judge, whom a busy machine may keep waiting. */
const TIMEOUTS = {
  quick: { serverSelectionTimeoutMS: 1_000, socketTimeoutMS: 3_000, connectTimeoutMS: 1_000 },
  patient: { serverSelectionTimeoutMS: 60_000, connectTimeoutMS: 60_000 },
} as const;

/** A connection to MongoDB; the first time it may take longer than its timeouts, the machine being busy. */
export const connectMongo = async (url: string, temper: keyof typeof TIMEOUTS = 'quick'): Promise<Connection> => {
  const deadline = performance.now() + CONNECTED_WITHIN_MS;
  for (;;) {
    const connection = createConnection(url, TIMEOUTS[temper]);
    try {
      return await connection.asPromise();
    } catch (error) {
      await connection.close();
      if (performance.now() > deadline) throw error;
    }
  }
};
