import { CacheEvents, type LogState, WriteBehindLog } from '@larder/caching';
import { until } from '../support/until.js';
import type { FaultLab } from './fault.lab.js';
import { LOG_BYTES } from './processes/products.js';

/** The log of the laboratory as an operator has it, for the time of `use`. */
export const asOperator = async <T>(lab: FaultLab, use: (log: WriteBehindLog) => Promise<T>): Promise<T> => {
  const { durability = 'durable' } = lab.options;
  const limits = { maxEntries: 1_000_000, maxBytes: LOG_BYTES };
  const log = new WriteBehindLog(
    { url: lab.queue.server.url, durability, isTrusted: false, ...limits },
    new CacheEvents(),
  );
  try {
    await until(() => log.unavailableFor === undefined, { withinMs: 30_000 });
    return await use(log);
  } finally {
    log.close();
  }
};

export const figuresOf = (lab: FaultLab): Promise<LogState> => asOperator(lab, (log) => log.figures());
