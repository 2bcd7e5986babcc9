import { isFloored } from '../coherence/read-floor.js';
import type { Envelope } from '../region/envelope.js';
import type { CacheRead } from '../events/cache-read.js';

/** How a read ended: its value, the envelope it came in where there is one, and how it was answered. */
export interface Landing<V> {
  readonly value: V;
  readonly envelope: Envelope | undefined;
  readonly outcome: CacheRead['outcome'];
  readonly tier: CacheRead['tier'];
  readonly stored: boolean;
  readonly ageMs: number;
  /** Nobody knew whether writes were pending for it. */
  readonly isPendingUnknown?: boolean;
}

/** One read of one key under way in this process; later callers join it until it is void. */
export class Flight<V> {
  /** Whether it passes by what this process knew before, for a caller that must not be answered by that. */
  readonly isFloored = isFloored();
  /** An invalidation came after it began: who is on it is answered by it, nobody joins any more. */
  isVoid = false;
  readonly landing: Promise<Landing<V>>;

  /** It began when the first that it goes by was asked for. */
  constructor(
    fly: (flight: Flight<V>) => Promise<Landing<V>>,
    readonly startedAt = performance.now(),
  ) {
    this.landing = fly(this);
  }
}
