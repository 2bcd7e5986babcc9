import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import { Cache } from '../cache/cache.js';
import type { BatchLoader, Loader, RegionState } from '../cache/regions.js';
import { Preloading } from '../cache-ahead/preloading.js';
import { StrategyMisplacedError } from '../errors.js';
import type { Region } from '../region/region.js';
import { LoggedWrites } from '../write-behind/logged-writes.js';
import { WriteBehindLog } from '../write-behind/write-behind-log.js';
import type { WriteSink } from '../write-behind/write-sink.js';
import { CacheAheadInterceptor } from './cache-ahead.interceptor.js';
import { ReadThroughInterceptor } from './read-through.interceptor.js';
import { strategiesOf, type Strategy, type Switched } from './strategy.js';
import { WriteBehindInterceptor, type SinkType } from './write-behind.interceptor.js';

type Method = (...args: unknown[]) => Promise<unknown>;

/** Where a strategy stands: for the list of what uses what. */
export interface StrategyPlace {
  readonly place: string;
  readonly method: string;
  readonly strategy: string;
  readonly region: string;
}

/** At start, puts every decorated provider method behind its strategies and registers the loaders among them. */
@Injectable()
export class StrategyWiring implements OnModuleInit {
  private readonly wired: StrategyPlace[] = [];
  private readonly preloadedAt = new Map<Region<unknown, unknown>, string>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly modules: ModuleRef,
    private readonly cache: Cache,
  ) {}

  /** Every strategy in this process, on providers and handlers. */
  get places(): readonly StrategyPlace[] {
    return this.wired;
  }

  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders()) this.visit(instance, (...args) => this.wire(...args));
    for (const { instance } of this.discovery.getControllers())
      this.visit(instance, (...args) => this.checkHandler(...args));
    this.checkPreloads();
    this.cache.regions.checkOverrides();
  }

  private visit(instance: unknown, act: (owner: Record<string, Method>, name: string, method: Method) => void): void {
    if (typeof instance !== 'object' || instance === null) return;
    const prototype = Object.getPrototypeOf(instance) as Record<string, Method> | null;
    if (!prototype) return;
    for (const name of this.scanner.getAllMethodNames(prototype)) {
      const method = prototype[name];
      if (typeof method !== 'function' || strategiesOf(method).length === 0) continue;
      if (Object.hasOwn(instance, name)) continue; // one provider under two tokens is wired once
      act(instance as Record<string, Method>, name, method);
    }
  }

  private wire(owner: Record<string, Method>, name: string, method: Method): void {
    let wrapped: Method = (...args) => method.apply(owner, args);
    for (const switched of strategiesOf(method)) {
      this.note(owner, name, switched);
      if (switched.options.from) {
        throw new StrategyMisplacedError(
          this.placeOf(owner, name),
          'a provider method has no request to read `from`',
          'Leave `from` out.',
        );
      }
      if (switched.interceptor === ReadThroughInterceptor) this.registerLoader(owner, method, switched);
      else if (switched.interceptor === WriteBehindInterceptor) this.registerSink(owner, name, switched);
      else if (switched.interceptor === CacheAheadInterceptor) this.registerPreloads(owner, name, switched);
      else this.cache.regions.of(switched.region as unknown as Region<unknown, unknown>);
      const strategy: Strategy = this.modules.get(switched.interceptor, { strict: false });
      const proceed = wrapped;
      wrapped = (...args) =>
        strategy.around({ switched, args, proceed: (...given) => proceed(...given), isHandler: false });
    }
    Object.defineProperty(owner, name, { value: wrapped, configurable: true, writable: true });
  }

  private registerLoader(
    owner: Record<string, Method>,
    method: Method,
    { region, options }: Pick<Switched, 'region' | 'options'>,
  ): void {
    const loader: Loader<unknown, unknown> = (params, context) => method.call(owner, params, context);
    const many = options['many'];
    let batchLoader: BatchLoader<unknown, unknown> | undefined;
    if (typeof many === 'string') {
      const batch = owner[many];
      if (typeof batch !== 'function') {
        throw new StrategyMisplacedError(
          this.placeOf(owner, many),
          'there is no such method to load many values',
          'Correct `many`.',
        );
      }
      batchLoader = (list, context) => batch.call(owner, list, context) as Promise<unknown[]>;
    }
    this.cache.register(region as unknown as Region<unknown, unknown>, loader, batchLoader);
  }

  private registerSink(owner: object, name: string, { region, options }: Switched): void {
    const log = this.modules.get<WriteBehindLog | null>(WriteBehindLog, { strict: false });
    if (!log) {
      throw new StrategyMisplacedError(
        this.placeOf(owner, name),
        'there is no Redis for a write log',
        'Name one with `queueRedisUrl`.',
      );
    }
    const sink = this.modules.get<WriteSink>(options['sink'] as SinkType, { strict: false });
    const state = this.cache.regions.of(region as unknown as Region<unknown, unknown>);
    log.register(state.region, sink, (list) => this.renew(state, list));
    state.pendingWrites = new LoggedWrites(log, state.region, sink);
  }

  private registerPreloads(owner: Record<string, Method>, name: string, { region, options }: Switched): void {
    const preloading = this.modules.get<Preloading | null>(Preloading, { strict: false });
    if (!preloading) {
      throw new StrategyMisplacedError(
        this.placeOf(owner, name),
        'there is no Redis for what is learned',
        'Name one with `queueRedisUrl`.',
      );
    }
    const { loader } = options;
    if (typeof loader === 'string') {
      const prototype = Object.getPrototypeOf(owner) as Record<string, Method>;
      const method = prototype[loader];
      if (!method) {
        throw new StrategyMisplacedError(
          this.placeOf(owner, loader),
          'there is no such method to load a value',
          'Correct `loader`.',
        );
      }
      this.registerLoader(owner, method, { region, options: {} });
    }
    this.preloadedAt.set(region as unknown as Region<unknown, unknown>, this.placeOf(owner, name));
    preloading.register(region as unknown as Region<unknown, unknown>);
  }

  private checkPreloads(): void {
    for (const [region, place] of this.preloadedAt) {
      if (this.cache.regions.of(region).loader) continue;
      throw new StrategyMisplacedError(
        place,
        `region "${region.name}" is loaded ahead and has no loader on a provider`,
        'Put @ReadThrough on a provider method, or name one with `loader`.',
      );
    }
  }

  /**
   * What was flushed is in doubt until it is read again: should the source go away in between, what is kept stands in for it
   * as a stale value does.
   */
  private async renew(state: RegionState<unknown, unknown>, list: readonly unknown[]): Promise<void> {
    if (!state.batchLoader && !state.loader) return this.cache.invalidate(state.region, list);
    await this.cache.doubt(state.region, list);
    await this.cache.warming.preload(state.region, list).catch((cause: unknown) => {
      this.cache.events.emit('fault', { during: 'reading what was flushed', cause });
    });
  }

  /** A handler's body is good for one request: nothing can be refreshed by it once the request is answered. */
  private checkHandler(owner: Record<string, Method>, name: string, method: Method): void {
    for (const switched of strategiesOf(method)) {
      this.note(owner, name, switched);
      const state = this.cache.regions.of(switched.region as unknown as Region<unknown, unknown>);
      if (!switched.options.from) {
        throw new StrategyMisplacedError(
          this.placeOf(owner, name),
          'a handler does not say where its key comes from',
          'Name the schemas of its pipes with `from`.',
        );
      }
      if (state.region.staleWhileRevalidateMs > 0 && !state.loader) {
        throw new StrategyMisplacedError(
          this.placeOf(owner, name),
          `region "${state.region.name}" is refreshed in the background and has no loader on a provider`,
          'Put @ReadThrough on a provider method, or set staleWhileRevalidateMs to 0.',
        );
      }
    }
  }

  private note(owner: object, name: string, { interceptor, region }: Switched): void {
    const strategy = interceptor.name.replace(/Interceptor$/, '');
    this.wired.push({ place: owner.constructor.name, method: name, strategy, region: region.name });
  }

  private placeOf(owner: object, name: string): string {
    return `${owner.constructor.name}.${name}`;
  }
}
