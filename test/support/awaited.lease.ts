import { connectRedis } from '@larder/caching';
import { until } from './until.js';

/** Waits until some caller waits for the lease on a value of this region: the lease's holder is then marked by `!`. */
export const untilAwaited = async (redisUrl: string, region: { readonly name: string }): Promise<void> => {
  const client = connectRedis(redisUrl, { role: 'commands', deadlineMs: 2_000 });
  try {
    await until(() => client.status === 'ready', { withinMs: 2_000 });
    await until(
      async () => {
        const leases = await client.keys(`larder:*:l:${region.name}.*`);
        const holders = leases.length > 0 ? await client.mget(leases) : [];
        return holders.some((holder) => holder?.startsWith('!'));
      },
      { withinMs: 5_000 },
    );
  } finally {
    client.disconnect();
  }
};
