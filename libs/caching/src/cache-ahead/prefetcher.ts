import type { Cache } from '../cache/cache.js';
import type { AheadClock } from '../region/ahead.js';
import type { Region } from '../region/region.js';
import { canonicalJson } from './access-batch.js';
import { neighboursIn } from './co-access.graph.js';
import { Decay } from './decay.js';
import type { ModelStore } from './model.store.js';
import { PreloadBudget } from './preload-budget.js';
import { PreloadLedger } from './preload-ledger.js';
import { SourcePace } from './source-pace.js';

/** How many reads of a region wait for their neighbours at most: those of the others are not prefetched. */
const MOST_WAITING = 100;
/** How often a budget begins anew. */
const TICK_MS = 10_000;

/** A region whose reads prefetch. */
interface Prefetched {
  readonly region: Region<unknown, unknown>;
  readonly decay: Decay;
  readonly budget: PreloadBudget;
  readonly ledger: PreloadLedger;
  readonly pace: SourcePace;
  readonly waiting: Set<string>;
  running: Promise<void> | undefined;
  missed: number;
  tickedAt: number;
}

/**
 * Loads what goes with what was read just now, in the process that read it, rather than at the next tick of the job: for
 * visitors who are quicker than that. Beside the request, under the region's own budget, this process's share of it.
 */
export class Prefetcher {
  private readonly regions = new Map<string, Prefetched>();

  constructor(
    private readonly cache: Cache,
    private readonly store: ModelStore,
    private readonly clock: AheadClock,
    private readonly onFault: (during: string, cause: unknown, region?: string) => void,
  ) {}

  /** Loads the neighbours of what is read of this region from now on, where its policy says so. */
  register(region: Region<unknown, unknown>): void {
    const { prefetch, perTick, share, graphHalfLifeMs } = region.ahead;
    if (prefetch === 0) return;
    this.regions.set(region.name, {
      region,
      decay: new Decay(graphHalfLifeMs),
      budget: new PreloadBudget(perTick, share),
      ledger: new PreloadLedger(),
      pace: new SourcePace(),
      waiting: new Set(),
      running: undefined,
      missed: this.cache.counters.of(region.name).misses,
      tickedAt: -Infinity,
    });
  }

  /** Notes a read; nobody waits for what follows from it. */
  note(name: string, params: unknown): void {
    const one = this.regions.get(name);
    if (!one || one.waiting.size >= MOST_WAITING) return;
    one.waiting.add(canonicalJson(params));
    one.running ??= this.run(one).finally(() => (one.running = undefined));
  }

  /** Waits for what is under way. */
  async settle(): Promise<void> {
    for (const { running } of this.regions.values()) await running;
  }

  private async run(one: Prefetched): Promise<void> {
    while (one.waiting.size > 0) {
      await new Promise(setImmediate); // those of this turn go together, after the requests
      const keys = [...one.waiting];
      one.waiting.clear();
      try {
        await this.prefetch(one, keys);
      } catch (error) {
        one.pace.took(Infinity);
        this.onFault('prefetching', error, one.region.name);
      }
    }
  }

  private async prefetch(one: Prefetched, keys: readonly string[]): Promise<void> {
    const { region, budget, ledger, pace, decay } = one;
    const at = this.clock.now();
    for (const key of keys) ledger.read(key, at);
    this.beginTick(one, at);
    if (budget.forGuesses === 0 || !pace.mayAsk()) return;
    const nodes = await this.store.nodes(region.name, keys);
    const { prefetch, leastWorth } = region.ahead;
    const next = nodes.flatMap((node) =>
      node
        ? neighboursIn(node, decay, at)
            .filter(({ lift }) => lift > 1)
            .slice(0, prefetch)
        : [],
    );
    const likely = new Set(next.filter(({ weight }) => weight >= leastWorth * budget.price).map(({ key }) => key));
    if (likely.size === 0) return;
    const startedAt = performance.now();
    const list = [...likely].map((key) => JSON.parse(key) as unknown);
    const done = await this.cache.warming.preload(region, list, { most: budget.forGuesses });
    pace.took(performance.now() - startedAt);
    budget.spend(done.length, true);
    for (const params of done) ledger.note(canonicalJson(params), at + region.ttlMs, true);
  }

  private beginTick(one: Prefetched, at: number): void {
    if (at - one.tickedAt < TICK_MS) return;
    const { misses } = this.cache.counters.of(one.region.name);
    one.tickedAt = at;
    one.ledger.sweep(at);
    one.budget.begin({ missed: Math.max(misses - one.missed, 0), used: one.ledger.takeUsedGuesses() });
    one.missed = misses;
  }
}
