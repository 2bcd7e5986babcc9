import { resolveBinary } from '../binary/binary.resolve.js';
import { LocalServer } from './local.server.js';
import { type ServerOptions, searchOf } from './server.options.js';

/** What a Redis is for. */
export interface RedisOptions extends ServerOptions {
  readonly role: 'cache' | 'queue';
}

const CACHE_LIMIT = '256mb';
const POLICIES: Record<RedisOptions['role'], readonly string[]> = {
  cache: ['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lfu', '--maxmemory', CACHE_LIMIT],
  queue: ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'],
};

/**
 * Starts a real Redis or Valkey: `cache` forgets the least used, `queue` has every write on disk before it answers.
 * @throws {BinaryNotFoundError} no server program was found
 * @throws {ServerStartError} it did not start
 */
export const startRedis = async ({ role, args = [], ...options }: RedisOptions): Promise<LocalServer> => {
  const { path } = await resolveBinary('redis', searchOf(options));
  return LocalServer.start(
    {
      role,
      command: path,
      ready: /ready to accept connections/i,
      url: (port) => `redis://127.0.0.1:${port}`,
      args: (port, dir) => [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', ''],
        ...POLICIES[role],
        ...args,
      ],
    },
    options,
  );
};
