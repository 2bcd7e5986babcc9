import { CacheEvents, WriteBehindLog } from '@larder/caching';
import { letResend } from './breakage.js';
import { PlainLog } from './plain.log.js';
import type { Start } from './orders.js';
import { LOG_BYTES } from './products.js';

/** The log of a process, with its breakage. */
export const logFor = (
  { queueUrl, durability, maxEntries, breakage }: Start,
  events = new CacheEvents(),
): Pick<WriteBehindLog, 'append' | 'flush' | 'register' | 'settle' | 'close' | 'unavailableFor'> => {
  if (breakage === 'plain log') return new PlainLog(queueUrl);
  const log = new WriteBehindLog(
    { url: queueUrl, durability, isTrusted: false, maxEntries, maxBytes: LOG_BYTES },
    events,
  );
  if (breakage === 'resending') letResend(log);
  return log;
};
