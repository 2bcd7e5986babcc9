export { Cache } from './cache/cache.js';
export type { EncodedRead } from './cache/encoded-read.js';
export {
  RegionAdministration,
  type EntryDescription,
  type PolicyDescription,
  type RegionDescription,
} from './cache/region-administration.js';
export type { AheadReport, HotReport } from './cache-ahead/ahead.report.js';
export type { PreloadTick } from './cache-ahead/preloader.js';
export { Preloading, type Following } from './cache-ahead/preloading.js';
export type { Keeping } from './cache/loader-said.js';
export type { BatchLoader, LoadContext, Loader } from './cache/regions.js';
export { CachingModule } from './caching.module.js';
export { CACHING_OPTIONS, type CachingOptions } from './caching.options.js';
export { FencedLock } from './coherence/fenced-lock.js';
export { trackPosition } from './coherence/position.js';
export { afterCommit } from './coherence/write-scope.js';
export {
  AheadUnavailableError,
  CachingError,
  DeadLetterSupersededError,
  DeadLetterUnknownError,
  EntryUnknownError,
  LoaderMissingError,
  LoadTimeoutError,
  RegionDuplicateError,
  RegionInvalidError,
  RegionRefusedError,
  RegionUnknownError,
  StoreUnavailableError,
  StrategyMisplacedError,
  ValueUndefinedError,
  WriteInvalidError,
  WriteLogFullError,
  WriteLogUnavailableError,
  WriteUnknownError,
  WriteUnseenError,
} from './errors.js';
export { CacheEvents, type CacheEventMap } from './events/cache-events.js';
export { observeReads, type CacheRead } from './events/cache-read.js';
export type { AheadClock, AheadPolicy } from './region/ahead.js';
export { days, hours, minutes, seconds } from './region/durations.js';
export { ENCODED_KEY, type Key } from './region/key.js';
export {
  defineRegion,
  type Consistency,
  type PartitionPolicy,
  type Region,
  type RegionDefinition,
  type RegionPolicy,
} from './region/region.js';
export { nestCacheStore } from './stores/nest-cache.store.js';
export { CacheAhead, type CacheAheadOptions } from './strategies/cache-ahead.interceptor.js';
export { CacheAsideWrite, type CacheAsideWriteOptions } from './strategies/cache-aside-write.interceptor.js';
export { CacheAside } from './strategies/cache-aside.interceptor.js';
export type { Change } from './strategies/change.js';
export { Invalidate, type InvalidateOptions } from './strategies/invalidate.interceptor.js';
export { ReadThrough, type ReadOptions } from './strategies/read-through.interceptor.js';
export { StrategyWiring, type StrategyPlace } from './strategies/strategy.wiring.js';
export { behind, BehindWrite, WriteBehind, type WriteBehindOptions } from './strategies/write-behind.interceptor.js';
export { WriteThrough, type WriteThroughOptions } from './strategies/write-through.interceptor.js';
export { connectRedis, type ConnectionRole } from './topology/connect-redis.js';
export type { DeadLetter } from './write-behind/dead-letters.js';
export type { Durability } from './region/durability.js';
export { LoggedRequests, type RequestState } from './write-behind/logged-requests.js';
export type { LogState } from './write-behind/log-figures.js';
export { isMongoAway, MongoSink, unseenBy, type SinkCollection, type SinkUpdate } from './write-behind/mongo.sink.js';
export type { PendingWrite } from './write-behind/pending-write.js';
export { WriteBehindLog, type WriteLogOptions, type WriteState } from './write-behind/write-behind-log.js';
export type { AcceptedWrite } from './write-behind/write-log.js';
export type { Json } from './write-behind/json.js';
export type { FieldChange, WriteOperation } from './write-behind/write-operation.js';
export { WriteSink, type FlushOutcome } from './write-behind/write-sink.js';
