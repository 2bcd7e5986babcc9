import { resolve } from 'node:path';
import { type LocalServer, type MongoOptions, type RedisOptions, startMongo, startRedis } from '@larder/local-servers';

const { LARDER_BINARIES, LARDER_HOME = '.larder', LARDER_REDIS_BINARY } = process.env;

/** The folder of fetched server programs that all tests share. */
export const BINARIES = LARDER_BINARIES ?? resolve(LARDER_HOME, 'bin');

/** A real Redis of this test's own; throw-away data unless a folder is named. Stop it at the end. */
export const aRedis = (options: RedisOptions): Promise<LocalServer> =>
  startRedis({ binaries: BINARIES, binary: LARDER_REDIS_BINARY, ...options });

/** A real MongoDB of this test's own, a replica set of one; throw-away data unless a folder is named. Stop it at the end. */
export const aMongo = (options: MongoOptions = {}): Promise<LocalServer> =>
  startMongo({ binaries: BINARIES, ...options });
