/** Whatever the cache itself refuses or fails at. A loader's error is never one of these, and never wrapped. */
export abstract class CachingError extends Error {
  abstract readonly code: string;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A region's declaration is out of bounds. Raised where it is defined, never on a request. */
export class RegionInvalidError extends CachingError {
  readonly code = 'CACHE_REGION_INVALID';
  constructor(
    readonly region: string,
    readonly faults: readonly string[],
  ) {
    super(`Region "${region}" cannot be used: ${faults.join('; ')}. Correct its definition or its override.`);
  }
}

/** Two regions share a name, so their values and metrics would mix. Raised at start. */
export class RegionDuplicateError extends CachingError {
  readonly code = 'CACHE_REGION_DUPLICATE';
  constructor(readonly region: string) {
    super(`Two regions are called "${region}". Give one of them another name, or import the one that exists.`);
  }
}

/** No region of this name is in use in this process. */
export class RegionUnknownError extends CachingError {
  readonly code = 'CACHE_REGION_UNKNOWN';
  constructor(readonly region: string) {
    super(`No region is called "${region}". The list of regions says which there are.`);
  }
}

/** Neither tier keeps anything under this key, as far as this process sees. */
export class EntryUnknownError extends CachingError {
  readonly code = 'CACHE_ENTRY_UNKNOWN';
  constructor(
    readonly region: string,
    readonly key: string,
  ) {
    super(
      `Region "${region}" keeps nothing under "${key}". Read the value first, or write the key as its region does.`,
    );
  }
}

/** A region was read without a body and has no loader in this process. */
export class LoaderMissingError extends CachingError {
  readonly code = 'CACHE_LOADER_MISSING';
  constructor(readonly region: string) {
    super(
      `Region "${region}" has no loader here. Decorate a provider's method with @ReadThrough for it, or pass a loader to read.`,
    );
  }
}

/** A strategy was put where it cannot work. Raised at start. */
export class StrategyMisplacedError extends CachingError {
  readonly code = 'CACHE_STRATEGY_MISPLACED';
  constructor(
    readonly place: string,
    readonly reason: string,
    wayOut: string,
  ) {
    super(`${place}: ${reason}. ${wayOut}`);
  }
}

/** A loader or writer answered `undefined`, which says neither a value nor its absence. */
export class ValueUndefinedError extends CachingError {
  readonly code = 'CACHE_VALUE_UNDEFINED';
  constructor(readonly region: string) {
    super(`Region "${region}" was given undefined. Answer null where there is no value.`);
  }
}

/** A load took longer than the region's hard timeout, and no stale value could stand in. */
export class LoadTimeoutError extends CachingError {
  readonly code = 'CACHE_LOAD_TIMEOUT';
  constructor(
    readonly region: string,
    readonly afterMs: number,
  ) {
    super(
      `Loading a value of region "${region}" took longer than ${afterMs} ms. Try again, or raise its hardTimeoutMs.`,
    );
  }
}

/** The shared store gave no answer within its deadline, or is known to be away. */
export class StoreUnavailableError extends CachingError {
  readonly code = 'CACHE_STORE_UNAVAILABLE';
  constructor(cause?: unknown) {
    super('The shared store does not answer. Reads go to the source until it does.', { cause });
  }
}

/** The shared store is away, and the region's partition policy is to refuse. */
export class RegionRefusedError extends CachingError {
  readonly code = 'CACHE_REGION_REFUSED';
  constructor(readonly region: string) {
    super(`Region "${region}" is not served while its shared store is away. Try again shortly.`);
  }
}

/** What was learned of reads cannot be read now: the Redis that keeps it gives no answer. */
export class AheadUnavailableError extends CachingError {
  readonly code = 'CACHE_AHEAD_UNAVAILABLE';
  constructor(cause?: unknown) {
    super('What was learned of reads cannot be told: the store that keeps it does not answer. Try again shortly.', {
      cause,
    });
  }
}

/** What was to be written behind cannot be: nothing was accepted. */
export class WriteInvalidError extends CachingError {
  readonly code = 'WRITE_INVALID';
  constructor(
    readonly region: string,
    readonly fault: string,
  ) {
    super(`A write of region "${region}" was not accepted: ${fault}. Correct it and send it again.`);
  }
}

/** The write log takes no writes now: nothing was accepted. */
export class WriteLogUnavailableError extends CachingError {
  readonly code = 'WRITE_LOG_UNAVAILABLE';
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The write log takes no writes: ${reason}. Nothing was accepted; try again shortly.`, options);
  }
}

/** The write log holds as much as it may: nothing was accepted. */
export class WriteLogFullError extends CachingError {
  readonly code = 'WRITE_LOG_FULL';
  constructor(readonly entries: number) {
    super(`The write log is full: ${entries} entries wait for the source. Nothing was accepted; try again shortly.`);
  }
}

/** The write log gave no answer in time: the write may have been accepted, or not. */
export class WriteUnknownError extends CachingError {
  readonly code = 'WRITE_UNKNOWN';
  constructor(cause?: unknown) {
    super(
      'Whether the write was accepted is unknown. Send it again with the same Idempotency-Key: it then takes effect once.',
      { cause },
    );
  }
}

/** No write has this id, or the log that gave it is lost. */
export class WriteUnseenError extends CachingError {
  readonly code = 'WRITE_UNSEEN';
  constructor(readonly writeId: string) {
    super(`No write has the id "${writeId}". Use the id that the write was accepted with.`);
  }
}

/** Of a dead letter that is retried nothing is left to be written, as far as is known. */
export class DeadLetterSupersededError extends CachingError {
  readonly code = 'DEAD_LETTER_SUPERSEDED';
  constructor(readonly id: string) {
    super(
      `All that dead letter "${id}" says may have been written anew since, so it was not retried. Drop it, and write anew what is missing.`,
    );
  }
}

/** No dead letter has this id. */
export class DeadLetterUnknownError extends CachingError {
  readonly code = 'DEAD_LETTER_UNKNOWN';
  constructor(readonly id: string) {
    super(`No dead letter has the id "${id}". The list of dead letters says which there are.`);
  }
}
