import { resolveBinary } from '../binary/binary.resolve.js';
import { LocalServer } from './local.server.js';
import { becomePrimary, REPLICA_SET } from './replica-set.js';
import { type ServerOptions, searchOf } from './server.options.js';

/** How a MongoDB is started. */
export interface MongoOptions extends ServerOptions {
  /** The database that the URL names; `larder` by default. */
  readonly database?: string;
}

const SMALL = [
  ...['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '128'],
  ...['--wiredTigerEngineConfigString', 'log=(file_max=16MB,prealloc=false)'],
  ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
  // The transaction of a client that was killed holds its documents no longer than this.
  ...['--setParameter', 'transactionLifetimeLimitSeconds=10'],
];

/**
 * Starts a real mongod, a replica set of one member, and answers once it takes writes.
 * @throws {BinaryNotFoundError} no mongod was found
 * @throws {ServerStartError} it did not start
 */
export const startMongo = async ({
  args = [],
  database = 'larder',
  ...options
}: MongoOptions = {}): Promise<LocalServer> => {
  const { path } = await resolveBinary('mongod', searchOf(options));
  return LocalServer.start(
    {
      role: 'mongodb',
      command: path,
      ready: /"id":23016\b/, // "Waiting for connections"
      url: (port) => `mongodb://127.0.0.1:${port}/${database}?replicaSet=${REPLICA_SET}`,
      args: (port, dir) => [
        ...['--replSet', REPLICA_SET, '--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', dir],
        ...['--nounixsocket', '--quiet', ...SMALL, ...args],
      ],
      afterReady: becomePrimary,
    },
    options,
  );
};
