import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CACHING_OPTIONS, type CachingOptions } from '../caching.options.js';
import { withReadFloor } from '../coherence/read-floor.js';
import { parsePosition } from '../coherence/position.js';
import { afterCommit } from '../coherence/write-scope.js';
import { WriteLogUnavailableError, WriteUnknownError } from '../errors.js';
import { Counters } from '../events/counters.js';
import { CacheEvents } from '../events/cache-events.js';
import { isObserved, reportRead } from '../events/cache-read.js';
import type { AnyRegion, Region } from '../region/region.js';
import type { KeptValue } from './amender.js';
import { encodedRead, type EncodedRead } from './encoded-read.js';
import { engineOf, type Engine } from './engine.js';
import { nameOf, placeOf } from './name.js';
import type { NearReader } from './near-reader.js';
import { RegionAdministration } from './region-administration.js';
import { Regions, type AnyRegionState, type BatchLoader, type Loader } from './regions.js';
import { envelopeOf, seal } from './seal.js';
import type { Warming } from './warming.js';

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
  /** What is done for reads that are still to come. */
  readonly warming: Warming;
  private readonly engine: Engine;
  private readonly nearReader: NearReader;

  constructor(@Inject(CACHING_OPTIONS) options: CachingOptions) {
    this.regions = new Regions(this.counters, options.regions);
    for (const region of options.declared ?? []) this.regions.of(region as unknown as Region<unknown, unknown>);
    this.engine = engineOf(options, this.events, this.regions, this.counters);
    this.nearReader = this.engine.nearReader;
    this.warming = this.engine.warming;
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
  read<P, V>(
    region: Region<P, V>,
    params: P,
    loader?: Loader<P, V>,
    options?: { readonly isBound?: boolean },
  ): Promise<V> {
    try {
      const state = this.regions.of(region);
      const place = placeOf(state, params);
      const near = this.nearReader.hit(state, place);
      if (near !== undefined && !near.isDue && !isObserved()) return near.promise as Promise<V>;
      const asked = { state, params, name: place.name, loader, isBound: options?.isBound ?? false };
      if (near === undefined) return this.engine.slowReader.value(asked);
      this.nearReader.notice(asked, near);
      return near.promise as Promise<V>;
    } catch (error) {
      // A region or a key that throws is told by the promise, as an async function tells it; a hit need not pay for one.
      const reason = error as Error;
      return Promise.reject(reason);
    }
  }

  /**
   * As `read`, for one who only passes the value on: its JSON as it is stored, with its validator. On a hit of either tier
   * nothing is decoded or encoded.
   * @throws what `read` throws
   */
  async readEncoded<P, V>(region: Region<P, V>, params: P, loader?: Loader<P, V>): Promise<EncodedRead> {
    const state = this.regions.of(region);
    const place = placeOf(state, params);
    const asked = { state, params, name: place.name, loader };
    const { clock } = this.engine.connection;
    const near = this.nearReader.hit(state, place, false);
    if (near) {
      if (near.isDue || isObserved()) this.nearReader.notice(asked, near);
      const now = clock.now();
      const ageMs = now - near.envelope.writtenAt;
      return encodedRead(near.envelope, undefined, { outcome: 'hit', tier: 'near', stored: false, ageMs, now });
    }
    const { envelope, value, ...answered } = await this.engine.slowReader.landing(asked, false);
    return encodedRead(envelope, value, { ...answered, now: clock.now() });
  }

  /** What the shared store keeps now, stale or not; `undefined` when it keeps nothing or is away. It counts as no read. */
  kept<P, V>(region: Region<P, V>, params: P): Promise<KeptValue<V> | undefined> {
    return this.engine.amender.kept(this.regions.of(region), params);
  }

  /**
   * Replaces what is kept by the same value with a change made to it, in every process, for as long as it is kept anyway.
   * Answers `false`, and does nothing, when something else is kept by now, or when it cannot be kept.
   */
  amend<P, V>(region: Region<P, V>, params: P, kept: KeptValue<V>, value: V): Promise<boolean> {
    return this.engine.amender.amend(this.regions.of(region), params, kept, value);
  }

  /** The values of `region` under each of `list`, in that order; what is missing is loaded in one call where the region has a batch loader. */
  async readMany<P, V>(region: Region<P, V>, list: readonly P[]): Promise<V[]> {
    const state = this.regions.of(region);
    const wanted = list.map((params) => ({ params, place: placeOf(state, params) }));
    const found = new Map<string, V>();
    const missing = new Map<string, { readonly params: P; readonly name: string }>();
    for (const { params, place } of wanted) {
      const { name } = place;
      if (found.has(name) || missing.has(name)) continue;
      const near = this.nearReader.hit(state, place);
      if (near) {
        if (near.isDue || isObserved()) this.nearReader.notice({ state, params, name, loader: undefined }, near);
        found.set(name, near.value as V);
      } else missing.set(name, { params, name });
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
      rest.map(({ params, name }) => this.engine.slowReader.value<P, V>({ state, params, name, loader: undefined })),
    );
    for (const [index, { name }] of rest.entries()) found.set(name, values[index] as V);
    return wanted.map(({ place }) => found.get(place.name) as V);
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
    const { prefix } = state;
    if (isKeepable) {
      // whoever accepts a write behind meanwhile spends the ticket, and this value does not show it
      const isByTicket = state.pendingWrites !== undefined;
      await this.engine.invalidator.write({ name, prefix }, envelope, ticket, { isByTicket });
    } else await this.engine.invalidator.name(name, prefix);
  }

  /** Says that the values of `region` under these parameters are no longer true; `below`: only those of a lower version. */
  async invalidate<P, V>(region: Region<P, V>, params: P | readonly P[], { below = 0 } = {}): Promise<void> {
    const state = this.regions.of(region);
    const list = Array.isArray(params) ? (params as readonly P[]) : [params as P];
    const dropped = list.map((one) => ({ name: nameOf(state, one), below }));
    state.counters.invalidations += dropped.length;
    await this.engine.invalidator.names(dropped, state.prefix);
  }

  /**
   * Says that the values may be no longer true, after a write of unknown outcome: their source is asked first, and while it is
   * away they stand in for it as any stale value does, where their region lets them.
   */
  async doubt<P, V>(region: Region<P, V>, params: P | readonly P[]): Promise<void> {
    const list = Array.isArray(params) ? (params as readonly P[]) : [params as P];
    await Promise.all(list.map((one) => this.engine.amender.doubt(this.regions.of(region), one)));
  }

  /** As `invalidate`, of many values, each with a `below` of its own. */
  async invalidateEach<P, V>(region: Region<P, V>, list: readonly { params: P; below: number }[]): Promise<void> {
    const state = this.regions.of(region);
    const dropped = list.map(({ params, below }) => ({ name: nameOf(state, params), below }));
    state.counters.invalidations += dropped.length;
    await this.engine.invalidator.names(dropped, state.prefix);
  }

  /**
   * Runs a write of the values under these parameters past their write log, where there is one: what is pending is applied
   * first. Where the region promises the latest value, readers ask the source from before the write begins until it is
   * committed. With `isApart` the write touches nothing that is written behind, so the log is not asked.
   * @throws {StoreUnavailableError} the region promises the latest value and its readers cannot be told: nothing was written
   * @throws {WriteLogUnavailableError} whether anything is pending is unknown: nothing was written
   */
  async writing<P, V, T>(
    region: Region<P, V>,
    params: P | readonly P[],
    work: () => Promise<T>,
    { isApart = false } = {},
  ): Promise<T> {
    const state = this.regions.of(region);
    const list = Array.isArray(params) ? (params as readonly P[]) : [params as P];
    if (!isApart) await state.pendingWrites?.settle(list);
    if (state.region.consistency.level !== 'latest') return work();
    return this.engine.invalidator.marked(
      list.map((one) => nameOf(state, one)),
      work,
    );
  }

  /**
   * Has what is pending for the value applied, so that its version in the source is the newest that was acknowledged. Answers
   * whether that is so: `false` while the write log, where there is one, is away.
   */
  async settle<P, V>(region: Region<P, V>, params: P): Promise<boolean> {
    try {
      await this.regions.of(region).pendingWrites?.settle([params]);
      return true;
    } catch (error) {
      if (error instanceof WriteLogUnavailableError || error instanceof WriteUnknownError) return false;
      throw error;
    }
  }

  /** A position of the value's write log after all that it accepted: a document that begins with it takes none of that. */
  async positionAfter<P, V>(region: Region<P, V>, params: P): Promise<number> {
    return (await this.regions.of(region).pendingWrites?.positionAfter(params)) ?? 0;
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
}

export type { AnyRegionState };
