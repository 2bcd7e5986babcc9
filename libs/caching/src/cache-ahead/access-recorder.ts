import type { AnyRegionState } from '../cache/regions.js';
import { type Access, type AccessBatch, canonicalJson, LONGEST_KEY, LONGEST_VISITOR } from './access-batch.js';
import type { AheadClock } from '../region/ahead.js';

const SEND_EVERY_MS = 1_000;
/** How many reads wait to be sent at most, and travel at a time. */
const MOST_WAITING = 10_000;
const MOST_A_BATCH = 1_000;

/** A region of which reads are recorded in this process. */
interface Recorded {
  readonly state: AnyRegionState;
  readonly params: unknown[];
  readonly visitors: string[];
  readonly times: number[];
  /** What was told of its misses. */
  misses: number;
}

/**
 * Notes reads beside the request: one addition to a list for each, told to the learner once a second. What cannot be told is
 * dropped and counted, for a read that was not counted harms nobody.
 */
export class AccessRecorder {
  /** How many reads were not told. */
  dropped = 0;
  private readonly regions = new Map<string, Recorded>();
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;

  constructor(
    private readonly clock: AheadClock,
    /** Carries a batch to the learner of the region. */
    private readonly tell: (region: string, batch: AccessBatch) => Promise<void>,
    private readonly onFault: (cause: unknown) => void,
  ) {}

  /** Notes that the value of `region` under `params` was read, by `visitor` where that is known. */
  note(state: AnyRegionState, params: unknown, visitor = ''): void {
    const recorded = this.regions.get(state.region.name) ?? this.begin(state);
    if (recorded.params.length >= MOST_WAITING || visitor.length > LONGEST_VISITOR) {
      this.dropped += 1;
      return;
    }
    recorded.params.push(params);
    recorded.visitors.push(visitor);
    recorded.times.push(this.clock.now());
    this.timer ??= setTimeout(() => void this.send(), SEND_EVERY_MS).unref();
  }

  /** Tells what waits, now. */
  send(): Promise<void> {
    this.sending ??= this.sendAll().finally(() => (this.sending = undefined));
    return this.sending;
  }

  /** Tells the last; nothing is noted after it. */
  async close(): Promise<void> {
    await this.sending;
    await this.send();
    clearTimeout(this.timer);
  }

  /** Tells of what misses in the region from now on, with its reads. */
  watch(state: AnyRegionState): void {
    if (!this.regions.has(state.region.name)) this.begin(state);
  }

  private begin(state: AnyRegionState): Recorded {
    const recorded = { state, params: [], visitors: [], times: [], misses: state.counters.misses };
    this.regions.set(state.region.name, recorded);
    return recorded;
  }

  private async sendAll(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const recorded of this.regions.values()) {
      while (recorded.params.length > 0) await this.sendSome(recorded);
    }
  }

  private async sendSome(recorded: Recorded): Promise<void> {
    const { state, params, visitors, times } = recorded;
    const { misses } = state.counters;
    const keys = params.splice(0, MOST_A_BATCH).map(canonicalJson);
    const [whos, ats] = [visitors.splice(0, keys.length), times.splice(0, keys.length)];
    const accesses = keys
      .map((key, index): Access => ({ key, visitor: whos[index] ?? '', at: ats[index] ?? 0 }))
      .filter(({ key }) => key.length <= LONGEST_KEY);
    this.dropped += keys.length - accesses.length;
    try {
      await this.tell(state.region.name, { accesses, misses: Math.max(misses - recorded.misses, 0) });
      recorded.misses = misses;
    } catch (cause) {
      this.dropped += accesses.length;
      this.onFault(cause);
    }
  }
}
