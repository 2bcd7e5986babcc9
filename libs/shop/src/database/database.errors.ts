import { ShopError } from '../shop.error.js';

/** MongoDB did not do what it was asked for within the time given. */
export class DatabaseUnavailableError extends ShopError {
  readonly code = 'DATABASE_UNAVAILABLE';
  constructor(readonly reason: string) {
    super(`MongoDB cannot be used now: ${reason}. Try again shortly; if it lasts, check MONGODB_URI and the server.`);
  }
}

/** The server is a single one without a replica set, which knows neither transactions nor change streams. */
export class StandaloneServerError extends ShopError {
  readonly code = 'DATABASE_STANDALONE';
  constructor(readonly server: string) {
    super(
      `The MongoDB server at ${server} is no replica set, so it has neither transactions nor change streams. ` +
        'Start it with --replSet and run rs.initiate() once, or point MONGODB_URI at a replica set.',
    );
  }
}

/** Names of the driver's and Mongoose's errors that mean: no server answered, try again later. */
const AWAY = new Set([
  'MongoServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
  'MongoExpiredSessionError',
  'MongooseServerSelectionError',
]);

/** Codes by which a server says that it is no primary now, or is shutting down. */
const AWAY_CODES = new Set([91, 189, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** Whether an error means that MongoDB could not be asked, so that the same request may succeed later. */
export const isDatabaseAway = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (error instanceof DatabaseUnavailableError || AWAY.has(error.name)) return true;
  if (error.name === 'MongooseError' && error.message.includes('bufferCommands = false')) return true;
  return AWAY_CODES.has((error as { code?: number }).code ?? 0);
};
