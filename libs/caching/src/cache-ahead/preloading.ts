import type { OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { Cache } from '../cache/cache.js';
import { FencedLock } from '../coherence/fenced-lock.js';
import { AheadUnavailableError } from '../errors.js';
import type { Region } from '../region/region.js';
import { connectRedis } from '../topology/connect-redis.js';
import { canonicalJson } from './access-batch.js';
import { AccessRecorder } from './access-recorder.js';
import type { AheadClock } from '../region/ahead.js';
import type { AheadReport } from './ahead.report.js';
import { neighboursIn, type Neighbour } from './co-access.graph.js';
import { Decay } from './decay.js';
import { ModelStore } from './model.store.js';
import { Prefetcher } from './prefetcher.js';
import { Preloader, type PreloadTick } from './preloader.js';

const DEADLINE_MS = 1_000;
/** How long a learner that is silent stays the one that may. */
const LOCK_MS = 30_000;
const WARMED_AT_ONCE = 64;
const CACHE_REACHED_WITHIN_MS = 500;

/** Where what is learned is kept, and what time it is. */
export interface PreloadingOptions {
  /** `redis[s]://…`: a Redis that does not evict. */
  readonly url: string;
  readonly clock?: AheadClock;
}

/** What is read together with a value, with its parameters. */
export interface Following<P> extends Omit<Neighbour, 'key'> {
  readonly params: P;
}

/** Cache-ahead in one process: notes reads, and answers and does what was learned of those of every process. */
export class Preloading implements OnApplicationShutdown {
  private readonly clock: AheadClock;
  private readonly client: Redis;
  private readonly store: ModelStore;
  private readonly recorder: AccessRecorder;
  private readonly preloader: Preloader;
  private readonly prefetcher: Prefetcher;

  constructor(
    { url, clock = Date }: PreloadingOptions,
    private readonly cache: Cache,
  ) {
    const onFault = (during: string, cause: unknown, region?: string): void => {
      cache.events.emit('fault', { during, ...(region === undefined ? {} : { region }), cause });
    };
    this.client = connectRedis(url, { role: 'commands', deadlineMs: DEADLINE_MS });
    this.store = new ModelStore(this.client);
    this.recorder = new AccessRecorder(
      clock,
      (region, batch) => this.store.tell(region, batch),
      (cause) => {
        onFault('telling of reads', cause);
      },
    );
    const lock = new FencedLock(this.client, 'preload', LOCK_MS, (cause) => {
      onFault('prolonging the lock of preloads', cause);
    });
    this.preloader = new Preloader(cache, this.store, lock, clock, onFault);
    this.prefetcher = new Prefetcher(cache, this.store, clock, onFault);
    this.clock = clock;
  }

  /** Whether the Redis of what is learned answers. */
  get isAvailable(): boolean {
    return this.client.status === 'ready';
  }

  /** How many reads of this process were noted and not told. */
  get droppedAccesses(): number {
    return this.recorder.dropped;
  }

  /** Has the values of `region` loaded ahead, in the processes that tick. */
  register<P, V>(region: Region<P, V>): void {
    const state = this.cache.regions.of(region);
    const inForce = state.region as unknown as Region<unknown, unknown>;
    this.recorder.watch(state);
    this.preloader.register(inForce);
    this.prefetcher.register(inForce);
  }

  /** Notes that the value of `region` under `params` was read, by `visitor` where that is known. It takes no time to speak of. */
  note<P, V>(region: Region<P, V>, params: P, visitor?: string): void {
    this.recorder.note(this.cache.regions.of(region), params, visitor);
    this.prefetcher.note(region.name, params);
  }

  /** Tells what was noted, now rather than within a second. */
  send(): Promise<void> {
    return this.recorder.send();
  }

  /**
   * Learns and loads once, if this process is the one that may. What is hot and expires within `withinMs`, twice the time
   * between ticks for one, is loaded anew.
   */
  tick(withinMs: number): Promise<PreloadTick> {
    return this.preloader.tick(withinMs);
  }

  /** Lets another process be the one that may. */
  giveBack(): Promise<void> {
    return this.preloader.giveBack();
  }

  /** What the same visitors read as the value of `region` under `params`, the most first, as of the last tick. */
  async neighboursOf<P, V>(region: Region<P, V>, params: P, count: number): Promise<Following<P>[]> {
    const { ahead, name } = this.cache.regions.of(region).region;
    const [node] = await this.store.nodes(name, [canonicalJson(params)]);
    if (!node) return [];
    return neighboursIn(node, new Decay(ahead.graphHalfLifeMs), this.clock.now())
      .filter(({ lift }) => lift > 1)
      .slice(0, count)
      .map(({ key: next, ...neighbour }) => ({ ...neighbour, params: JSON.parse(next) as P }));
  }

  /**
   * What was learned of each region and what became of it, as of the last tick; nothing of a region before its first one.
   * @throws {AheadUnavailableError} the Redis of what is learned does not answer
   */
  async reports(): Promise<ReadonlyMap<string, AheadReport>> {
    const regions = this.preloader.regions.map(({ name }) => name);
    const reports = await Promise.all(regions.map((name) => this.store.report(name))).catch((cause: unknown) => {
      throw new AheadUnavailableError(cause);
    });
    return new Map(regions.flatMap((name, at) => (reports[at] ? [[name, reports[at]] as const] : [])));
  }

  /**
   * Reads the hottest values of the last run, so that they are near, and answers how many it read: none while either Redis
   * is away, and none after `withinMs`.
   * @throws {AheadUnavailableError} the Redis of what is learned was there and does not answer
   * @throws the loader's own error
   */
  async warm(withinMs = Infinity): Promise<number> {
    const until = performance.now() + withinMs;
    if (!(await this.isReached()) || !(await this.isCacheReached())) return 0;
    const reports = await this.reports();
    let warmed = 0;
    for (const region of this.preloader.regions) {
      const list = (reports.get(region.name)?.warm ?? []).map((key) => JSON.parse(key) as unknown);
      for (let from = 0; from < list.length && performance.now() < until; from += WARMED_AT_ONCE) {
        const some = list.slice(from, from + WARMED_AT_ONCE);
        await this.cache.readMany(region, some);
        warmed += some.length;
      }
    }
    return warmed;
  }

  /** Tells the last of what was noted, and ends the connection. */
  async close(): Promise<void> {
    await this.prefetcher.settle();
    await this.recorder.close();
    this.client.disconnect();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  /** Whether the Redis of what is learned answers, as soon as its connection is made or refused. */
  private async isReached(): Promise<boolean> {
    const { client } = this;
    if (client.status === 'connecting' || client.status === 'connect') {
      await new Promise<void>((resolve) => {
        client.once('ready', resolve).once('close', resolve);
      });
    }
    return this.isAvailable;
  }

  /** The same of the shared store; one that is not there says nothing, so it is waited for no longer than this. */
  private async isCacheReached(): Promise<boolean> {
    const { events } = this.cache;
    if (!this.cache.isAvailable) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, CACHE_REACHED_WITHIN_MS);
        events.once('availability', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this.cache.isAvailable;
  }
}
