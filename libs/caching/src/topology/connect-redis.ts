import { Redis, type RedisOptions } from 'ioredis';

/** What a connection is for, which decides what it does about a Redis that is slow or gone. */
export type ConnectionRole = 'commands' | 'blocking' | 'log';

const OPTIONS: Record<ConnectionRole, (deadlineMs: number) => RedisOptions> = {
  commands: (deadlineMs) => ({ enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: deadlineMs }),
  // A resent write would be a second write: ioredis resends by default.
  log: () => ({
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 1_500,
    autoResendUnfulfilledCommands: false,
    // whoever writes waits for it: a restart is noticed within a tenth of a second
    retryStrategy: (attempt) => Math.min(25 * attempt, 100),
    maxLoadingRetryTime: 100,
  }),
  blocking: () => ({ enableOfflineQueue: false, maxRetriesPerRequest: null, autoResendUnfulfilledCommands: false }),
};

/**
 * A connection that connects by itself, as often as it must, and never throws outside a command.
 * `onError` hears what it could not do; the caller ends it with `disconnect()`.
 */
export const connectRedis = (
  url: string,
  { role, deadlineMs = 250, onError }: { role: ConnectionRole; deadlineMs?: number; onError?: (error: Error) => void },
): Redis => {
  const client = new Redis(url, {
    connectTimeout: 500,
    disconnectTimeout: 200,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 5), 500),
    enableReadyCheck: true,
    ...OPTIONS[role](deadlineMs),
  });
  client.on('error', (error: Error) => onError?.(error));
  return client;
};
