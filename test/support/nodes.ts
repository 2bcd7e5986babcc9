import { Cache, type CachingOptions } from '@larder/caching';
import { until } from './until.js';

const open = new Set<Cache>();

/** A cache of its own, as a process would have one, connected and reading the bus. Closed by `closeNodes`. */
export const aNode = async (redisUrl: string, options: Partial<CachingOptions> = {}): Promise<Cache> => {
  const cache = new Cache({ redisUrl, ...options });
  open.add(cache);
  await until(() => cache.isAvailable && cache.busLagMs < 1_000, { withinMs: 5_000 });
  return cache;
};

/** Closes every cache that `aNode` made. */
export const closeNodes = async (): Promise<void> => {
  await Promise.all([...open].map((cache) => cache.onApplicationShutdown()));
  open.clear();
};

/** A promise that is settled from outside: for a loader that waits until the test says go. */
export const aGate = (): { opened: Promise<void>; open: () => void } => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
};
