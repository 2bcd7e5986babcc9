import { Cache, connectRedis, defineRegion, minutes } from '@larder/caching';
import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../support/until.js';

/** What a process is told to read: so many callers at once, whose loader counts itself and takes so long. */
export interface Order {
  readonly id: string;
  readonly callers: number;
  readonly loadMs: number;
}

const [cacheUrl = '', truthUrl = ''] = process.argv.slice(2);
const region = defineRegion<{ id: string }, string>({
  name: 'callers',
  version: 1,
  key: ({ id }) => id,
  ttlMs: minutes(10),
  hardTimeoutMs: minutes(1),
});
const cache = new Cache({ redisUrl: cacheUrl, deadlineMs: 2_000 });
const truth = connectRedis(truthUrl, { role: 'commands', deadlineMs: 5_000 });

const carryOut = async ({ id, callers, loadMs }: Order): Promise<void> => {
  const load = async (): Promise<string> => {
    await truth.incr(`loads:${id}`);
    await wait(loadMs);
    return 'value';
  };
  const values = await Promise.all(Array.from({ length: callers }, () => cache.read(region, { id }, load)));
  process.send?.(values.filter((value) => value === 'value').length);
};

process.on('message', (order: Order) => void carryOut(order));
process.on('disconnect', () => process.exit());
await until(() => cache.isAvailable && cache.busLagMs < 250 && truth.status === 'ready', { withinMs: 5_000 });
process.send?.('ready');
