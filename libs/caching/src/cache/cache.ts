import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CACHING_OPTIONS, type CachingOptions } from '../caching.options.js';
import { floorSince, isFloored, withReadFloor } from '../coherence/read-floor.js';
import { parsePosition } from '../coherence/position.js';
import { afterCommit } from '../coherence/write-scope.js';
import { Counters } from '../events/counters.js';
import { CacheEvents } from '../events/cache-events.js';
import { isObserved, reportRead } from '../events/cache-read.js';
import type { AnyRegion, Region } from '../region/region.js';
import type { Asked } from './asked.js';
import { engineOf, type Engine } from './engine.js';
import { nameOf } from './name.js';
import { Flight, type Landing } from './flight.js';
import { RegionAdministration } from './region-administration.js';
import { Regions, type AnyRegionState, type BatchLoader, type Loader, type RegionState } from './regions.js';
import { envelopeOf, seal } from './seal.js';

/**
 * The way into the cache, beside the decorators: reads through near store, shared store and source; writes and
 * invalidations that every node hears of.
 */
@Injectable()
export class Cache implements OnApplicationShutdown {
  readonly events = new CacheEvents();
  readonly counters = new Counters();
  readonly regions: Regions;
  readonly administration: RegionAdministration;
  private readonly engine: Engine;

  constructor(@Inject(CACHING_OPTIONS) options: CachingOptions) {
    this.regions = new Regions(this.counters, options.regions);
    for (const region of options.declared ?? []) this.regions.of(region as unknown as Region<unknown, unknown>);
    this.engine = engineOf(options, this.events, this.regions, this.counters);
    this.administration = new RegionAdministration(this.regions, this.engine);
  }

  /** Whether the shared store answers and is trusted. */
  get isAvailable(): boolean {
    return this.engine.connection.isAvailable;
  }

  /** How long ago this node knew that it had read the bus to its end, in ms; infinite before the first time. */
  get busLagMs(): number {
    return this.engine.coherence.bus.lagMs();
  }

  /** How many invalidations the shared store has not taken yet; they are lost should the process end now. */
  get unsentInvalidations(): number {
    return this.engine.invalidator.waiting;
  }

  /** Says how the values of `region` are loaded in this process. */
  register<P, V>(region: Region<P, V>, loader: Loader<P, V>, batchLoader?: BatchLoader<P, V>): void {
    const state = this.regions.of(region);
    state.loader = loader;
    if (batchLoader) state.batchLoader = batchLoader;
  }

  /**
   * The value of `region` under `params`: kept, or loaded by `loader` (else the region's own), once at a time.
   * @throws {LoaderMissingError} it must be loaded and there is no loader
   * @throws {RegionRefusedError} the shared store is away and the region refuses then
   * @throws {LoadTimeoutError} the hard timeout passed
   * @throws the loader's own error, as it is
   */
  async read<P, V>(
    region: Region<P, V>,
    params: P,
    loader?: Loader<P, V>,
    options?: { readonly isBound?: boolean },
  ): Promise<V> {
    const state = this.regions.of(region);
    const asked = { state, params, name: nameOf(state, params), loader, isBound: options?.isBound ?? false };
    const near = this.nearValue(asked);
    return near ? near.value : this.slowRead(asked);
  }

  /** The values of `region` under each of `list`, in that order; what is missing is loaded in one call where the region has a batch loader. */
  async readMany<P, V>(region: Region<P, V>, list: readonly P[]): Promise<V[]> {
    const state = this.regions.of(region);
    const wanted = list.map((params) => ({ params, name: nameOf(state, params) }));
    const found = new Map<string, V>();
    const missing = new Map<string, (typeof wanted)[number]>();
    for (const { params, name } of wanted) {
      if (found.has(name) || missing.has(name)) continue;
      const near = this.nearValue<P, V>({ state, params, name, loader: undefined });
      if (near) found.set(name, near.value);
      else missing.set(name, { params, name });
    }
    const filled = await this.engine.batchReader.fillMissing(
      state,
      [...missing.values()].filter(({ name }) => !state.flights.has(name)),
    );
    for (const [name, value] of filled) {
      found.set(name, value);
      state.counters.misses += 1;
      reportRead({ region: region.name, outcome: 'miss', tier: 'source', stored: true, collapsed: false, ageMs: 0 });
    }
    const rest = [...missing.values()].filter(({ name }) => !found.has(name));
    const values = await Promise.all(
      rest.map(({ params, name }) => this.slowRead<P, V>({ state, params, name, loader: undefined })),
    );
    for (const [index, { name }] of rest.entries()) found.set(name, values[index] as V);
    return wanted.map(({ name }) => found.get(name) as V);
  }

  /**
   * Says that a write of the value under these parameters begins. Given to `write` afterwards, the answer tells it whether
   * anything was said about the value in between: without it only a value of a known lower version can be replaced.
   */
  ticket<P, V>(region: Region<P, V>, params: P): Promise<string> {
    const state = this.regions.of(region);
    return this.engine.invalidator.ticket(nameOf(state, params));
  }

  /**
   * Replaces the value in the cache, in every process, where it is known to be older, by its version or by the `ticket` of
   * this write; else, and in a transaction, drops it, unless a newer one is there. The source is the caller's.
   */
  async write<P, V>(region: Region<P, V>, params: P, value: V, { ticket = '' } = {}): Promise<void> {
    const state = this.regions.of(region);
    const name = nameOf(state, params);
    const before = await this.engine.filler.positions();
    const sealed = seal(state.region as unknown as AnyRegion, value);
    const now = this.engine.connection.clock.now();
    const envelope = envelopeOf(state.region, params, sealed, { now, costMs: 0, before });
    state.counters.invalidations += 1;
    const isKeepable =
      envelope.freshUntil > now && sealed.body.length <= state.region.maxBytes && envelope.tags.length === 0;
    if (isKeepable) await this.engine.invalidator.write(name, state.prefix, envelope, ticket);
    else await this.engine.invalidator.name(name, state.prefix);
  }

  /** Says that the values of `region` under these parameters are no longer true; `below`: only those of a lower version. */
  async invalidate<P, V>(region: Region<P, V>, params: P | readonly P[], { below = 0 } = {}): Promise<void> {
    const state = this.regions.of(region);
    const list = Array.isArray(params) ? (params as readonly P[]) : [params as P];
    state.counters.invalidations += list.length;
    await Promise.all(list.map((one) => this.engine.invalidator.name(nameOf(state, one), state.prefix, below)));
  }

  /**
   * Runs a write of the values under these parameters. Where the region promises the latest value, readers ask the source
   * from before the write begins until it is committed; elsewhere it just runs.
   * @throws {StoreUnavailableError} the region promises the latest value and its readers cannot be told: nothing was written
   */
  async writing<P, V, T>(region: Region<P, V>, params: P | readonly P[], work: () => Promise<T>): Promise<T> {
    const state = this.regions.of(region);
    if (state.region.consistency.level !== 'latest') return work();
    const list = Array.isArray(params) ? (params as readonly P[]) : [params as P];
    return this.engine.invalidator.marked(
      list.map((one) => nameOf(state, one)),
      work,
    );
  }

  /** Says that every value that carries one of `tags` is no longer true, or with `markStale` no longer fresh. */
  async invalidateTags(tags: readonly string[], { markStale = false } = {}): Promise<void> {
    await Promise.all([...new Set(tags)].map((tag) => this.engine.invalidator.tag(tag, markStale)));
  }

  /** Says that every value of the region of this name is no longer true. */
  clear(name: string): Promise<void> {
    return this.administration.clear(name);
  }

  /** Runs `work`, a transaction for one; the invalidations that it asks for are carried out once it has ended. */
  afterCommit<T>(work: () => Promise<T>): Promise<T> {
    return afterCommit(work);
  }

  /** Runs `work` so that its reads see at least what `token` (a write's position) says; an unknown token says nothing. */
  atLeast<T>(token: string, work: () => Promise<T>): Promise<T> {
    const { bus } = this.engine.coherence;
    const isBehind = parsePosition(token).some(([partition, position]) => !bus.hasReached(partition, position));
    return isBehind ? withReadFloor(work) : work();
  }

  /** Ends the connections; nothing may be read or written after it. Nest calls it by itself. */
  async close(): Promise<void> {
    await this.engine.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  private nearValue<P, V>(asked: Asked<P, V>): { readonly value: V } | undefined {
    const { region, counters } = asked.state;
    if (!region.near || isFloored()) return undefined;
    const entry = this.engine.near.entry(asked.name);
    const now = performance.now();
    if (!entry || now >= entry.freshUntil) return undefined;
    const { consistency } = region;
    if (consistency.level === 'bounded' && !this.engine.coherence.bus.isCurrent(consistency.ms, now)) return undefined;
    counters.nearHits += 1;
    if (now >= entry.refreshAfter) this.engine.reader.refresh(asked, entry.envelope);
    if (isObserved()) {
      const ageMs = this.engine.connection.clock.now() - entry.envelope.writtenAt;
      reportRead({ region: region.name, outcome: 'hit', tier: 'near', stored: false, collapsed: false, ageMs });
    }
    return entry as { readonly value: V };
  }

  private async slowRead<P, V>(asked: Asked<P, V>): Promise<V> {
    const { state, name } = asked;
    const startedAt = performance.now();
    const under = state.flights.get(name);
    const collapsed = under !== undefined && this.mayJoin(asked, under);
    const flight = collapsed ? under : this.launch(asked);
    if (collapsed) state.counters.collapsed += 1;
    const landing = await flight.landing;
    this.count(state, landing, collapsed, performance.now() - startedAt);
    return landing.value;
  }

  /** Whether a read under way answers the caller too: an invalidation that it must respect would have ended the joining. */
  private mayJoin<P, V>({ state }: Asked<P, V>, flight: Flight<V>): boolean {
    const { consistency } = state.region;
    // The latest value is asked for by each caller anew: a read under way may have begun before a write was answered.
    if (consistency.level === 'latest') return false;
    if (isFloored()) return flight.isFloored && flight.startedAt >= floorSince();
    if (consistency.level === 'eventual') return true;
    const now = performance.now();
    // A node that is behind has not heard of every invalidation: it relies on when the read began.
    return now - flight.startedAt <= consistency.ms || this.engine.coherence.bus.isCurrent(consistency.ms, now);
  }

  private launch<P, V>(asked: Asked<P, V>): Flight<V> {
    const { state, name } = asked;
    const flight = new Flight<V>((self) => this.engine.reader.read(asked, self));
    state.flights.set(name, flight);
    const land = (): void => {
      if (state.flights.get(name) === flight) state.flights.delete(name);
    };
    flight.landing.then(land, land);
    return flight;
  }

  private count<P, V>(
    { region, counters }: RegionState<P, V>,
    landing: Landing<V>,
    collapsed: boolean,
    tookMs: number,
  ): void {
    const { outcome, tier, stored, ageMs } = landing;
    if (outcome === 'hit') counters.sharedHits += 1;
    else if (outcome === 'stale') counters.stale += 1;
    else if (outcome === 'miss') counters.misses += 1;
    else counters.bypasses += 1;
    counters.latency.record(tookMs);
    if (isObserved()) reportRead({ region: region.name, outcome, tier, stored, collapsed, ageMs });
  }
}

export type { AnyRegionState };
