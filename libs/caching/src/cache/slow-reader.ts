import type { Coherence } from '../coherence/coherence.js';
import { floorSince, isFloored } from '../coherence/read-floor.js';
import { StoreUnavailableError } from '../errors.js';
import { isObserved, reportRead } from '../events/cache-read.js';
import type { Envelope } from '../region/envelope.js';
import type { SharedStore } from '../stores/shared.store.js';
import type { Asked } from './asked.js';
import { Flight, type Landing } from './flight.js';
import type { NearFiller } from './near-filler.js';
import type { Reader } from './reader.js';
import type { RegionState } from './regions.js';

/** What a look at the shared store brought: a value, or what a flight goes on from when the store answered. */
interface Look<V> {
  readonly landing?: Landing<V> | undefined;
  readonly seen?: { readonly envelope: Envelope | undefined };
}

const STORE_AWAY: Look<never> = {};

/**
 * Reads past the near store. What the shared store answers is answered without a flight, which nobody would have time to
 * join; only what is not there becomes a flight, which others join until it is void.
 */
export class SlowReader {
  /** The looks of this tick, for callers who ask the same: they are not sent yet. */
  private looks: Map<string, Promise<Look<unknown>>> | undefined;

  constructor(
    private readonly shared: SharedStore,
    private readonly coherence: Coherence,
    private readonly nearFiller: NearFiller,
    private readonly reader: Reader,
  ) {}

  async value<P, V>(asked: Asked<P, V>): Promise<V> {
    return (await this.landing(asked, true)).value;
  }

  /** Without `isOpened`, a value that the shared store answers is left in its envelope. */
  async landing<P, V>(asked: Asked<P, V>, isOpened: boolean): Promise<Landing<V>> {
    const { state, name } = asked;
    const startedAt = performance.now();
    let flight = this.joinable(asked);
    let collapsed = flight !== undefined;
    if (flight === undefined) {
      const { voidings } = this.coherence;
      const said = voidings.count(name);
      const { landing, seen } = this.shared.isAvailable ? await this.look(asked, isOpened) : STORE_AWAY;
      if (landing) {
        // nobody joined it, so that something was said meanwhile concerns the near copy alone
        if (voidings.count(name) === said) this.nearFiller.keep(asked, landing);
        this.count(state, landing, { collapsed: false, startedAt });
        return landing;
      }
      flight = this.joinable(asked);
      collapsed = flight !== undefined;
      // A flight that goes on from what was seen began when that was asked for. Where something was said since, what was
      // seen may be what it was said against, and who joins now may not be answered by that: the flight looks anew.
      flight ??= this.launch(asked, voidings.count(name) === said && seen ? { ...seen, startedAt } : undefined);
    }
    if (collapsed) state.counters.collapsed += 1;
    const landing = await flight.landing;
    this.count(state, landing, { collapsed, startedAt });
    return landing;
  }

  private look<P, V>(asked: Asked<P, V>, isOpened: boolean): Promise<Look<V>> {
    if (!isOpened || isFloored()) return this.ask(asked, isOpened);
    if (this.looks === undefined) {
      this.looks = new Map();
      process.nextTick(() => (this.looks = undefined));
    }
    let look = this.looks.get(asked.name) as Promise<Look<V>> | undefined;
    if (look === undefined) this.looks.set(asked.name, (look = this.ask(asked, isOpened)));
    return look;
  }

  private async ask<P, V>(asked: Asked<P, V>, isOpened: boolean): Promise<Look<V>> {
    try {
      const envelope = await this.shared.read(asked.name);
      const served = envelope && this.reader.serve(asked, envelope, isOpened);
      // awaited only where there is something to wait for: a turn more for each caller of a crowd is felt
      return { landing: served instanceof Promise ? await served : served, seen: { envelope } };
    } catch (error) {
      if (error instanceof StoreUnavailableError) return STORE_AWAY;
      throw error;
    }
  }

  /** The read under way that answers the caller too: an invalidation that it must respect would have ended the joining. */
  private joinable<P, V>({ state, name }: Asked<P, V>): Flight<V> | undefined {
    const flight = state.flights.get(name);
    const { consistency } = state.region;
    // The latest value is asked for by each caller anew: a read under way may have begun before a write was answered.
    if (flight === undefined || consistency.level === 'latest') return undefined;
    if (isFloored()) return flight.isFloored && flight.startedAt >= floorSince() ? flight : undefined;
    if (consistency.level === 'eventual') return flight;
    const now = performance.now();
    // A node that is behind has not heard of every invalidation: it relies on when the read began.
    const isLate = now - flight.startedAt <= consistency.ms;
    return isLate || this.coherence.bus.isCurrent(consistency.ms, now) ? flight : undefined;
  }

  private launch<P, V>(
    asked: Asked<P, V>,
    begun: { readonly startedAt: number; readonly envelope: Envelope | undefined } | undefined,
  ): Flight<V> {
    const { state, name } = asked;
    const flight = new Flight<V>((self) => this.reader.read(asked, self, begun), begun?.startedAt);
    state.flights.set(name, flight);
    const land = (): void => {
      if (state.flights.get(name) === flight) state.flights.delete(name);
    };
    flight.landing.then(land, land);
    return flight;
  }

  private count<P, V>(
    { region, counters }: RegionState<P, V>,
    { outcome, tier, stored, ageMs, isPendingUnknown }: Landing<V>,
    { collapsed, startedAt }: { readonly collapsed: boolean; readonly startedAt: number },
  ): void {
    if (outcome === 'hit') counters.sharedHits += 1;
    else if (outcome === 'stale') counters.stale += 1;
    else if (outcome === 'miss') counters.misses += 1;
    else counters.bypasses += 1;
    counters.latency.record(performance.now() - startedAt);
    if (isObserved()) {
      const pendingUnknown = isPendingUnknown ? { isPendingUnknown } : {};
      reportRead({ region: region.name, outcome, tier, stored, collapsed, ageMs, ...pendingUnknown });
    }
  }
}
