import { EventEmitter } from 'node:events';

/** What a process may want to hear of its cache, beyond the counters. */
export interface CacheEventMap {
  /** The shared store stopped or began to answer. */
  availability: [{ available: boolean; cause?: unknown }];
  /** Something failed that no caller hears of: a fill, a refresh in the background, a bus read. */
  fault: [{ during: string; region?: string; cause: unknown }];
  /** A value was larger than its region keeps; it was answered, not stored. */
  oversized: [{ region: string; bytes: number }];
  /** Bus entries were lost, so the near store was dropped. */
  gap: [{ partitions: readonly number[] }];
  /** Near entries were dropped for want of room. */
  evicted: [{ region: string; count: number; reason: 'entries' | 'bytes' | 'memory' }];
  /** The write log takes no writes any more, or takes them again. */
  writeLog: [{ isAvailable: boolean; fault?: string }];
  /** What was in the write log is gone; of its streams alone nothing, `entered` values were entered again. */
  logLost: [{ what: 'everything' } | { what: 'streams'; entered: number }];
  /** The source refused a write of the log; it is tried again, or has become a dead letter. */
  refused: [{ region: string; key: string; reason: string; isDead: boolean }];
  /** A key, tag or region was invalidated, here or by another node. */
  invalidated: [{ region?: string; key?: string; tag?: string; own: boolean }];
}

/** The cache's events, typed. Listeners must not throw. */
export class CacheEvents extends EventEmitter<CacheEventMap> {}
