import type { Cache } from '../cache/cache.js';
import type { FencedLock } from '../coherence/fenced-lock.js';
import type { Region } from '../region/region.js';
import { canonicalJson } from './access-batch.js';
import type { AheadClock } from '../region/ahead.js';
import type { AheadModel } from './ahead.model.js';
import { reportOf } from './ahead.report.js';
import type { ModelStore } from './model.store.js';
import { PreloadBudget } from './preload-budget.js';
import { SourcePace } from './source-pace.js';

/** How many keys are looked at a tick at most, of guesses and of hot ones each. */
const MOST_LOOKED_AT = 1_000;
const KEYS_A_BATCH = 100;
/** What share of a store that is full is kept for what is popular. */
const WARM_SHARE = 0.5;
/** About how many reads a tick learns of at most, the rest at the next, and how many before other work has its turn. */
const MOST_LEARNED = 200_000;
const LEARNED_AT_ONCE = 500;

/** What one tick did, of all regions. */
export interface PreloadTick {
  /** Whether this process was the one that may: only one is. */
  readonly isHeld: boolean;
  readonly learned: number;
  readonly loaded: number;
}

/** A region as the one learner holds it between ticks. */
interface Learning {
  readonly model: AheadModel;
  readonly revision: number;
}

/** A region of which values are loaded ahead. */
interface Preloaded {
  readonly region: Region<unknown, unknown>;
  readonly budget: PreloadBudget;
  readonly pace: SourcePace;
  learning: Learning | undefined;
}

/**
 * Learns what was read, in every process, and loads what is likely to be read: what is hot before it expires, and what
 * usually follows what visitors read just now. One process at a time does; what it learned is stored under its fencing
 * token, so one that was stopped and wakes undoes nothing.
 */
export class Preloader {
  private readonly preloaded = new Map<string, Preloaded>();

  constructor(
    private readonly cache: Cache,
    private readonly store: ModelStore,
    private readonly lock: FencedLock,
    private readonly clock: AheadClock,
    private readonly onFault: (during: string, cause: unknown, region?: string) => void,
  ) {}

  /** Loads the values of this region ahead from now on. */
  register(region: Region<unknown, unknown>): void {
    const { perTick, share } = region.ahead;
    const budget = new PreloadBudget(perTick, share);
    this.preloaded.set(region.name, { region, budget, pace: new SourcePace(), learning: undefined });
  }

  /** The regions whose values are loaded ahead. */
  get regions(): readonly Region<unknown, unknown>[] {
    return [...this.preloaded.values()].map(({ region }) => region);
  }

  /** Learns and loads once, if this process is the one that may; values that expire within `withinMs` are loaded anew. */
  async tick(withinMs: number): Promise<PreloadTick> {
    const all = [...this.preloaded.values()];
    const fences = await Promise.all(all.map(({ region }) => this.store.fence(region.name)));
    const token = await this.lock.hold({ above: Math.max(0, ...fences) });
    if (token === 0) {
      for (const one of all) one.learning = undefined; // another goes on from what was stored
      return { isHeld: false, learned: 0, loaded: 0 };
    }
    let [learned, loaded] = [0, 0];
    for (const one of all) {
      const done = await this.tickOf(one, token, withinMs);
      learned += done.learned;
      loaded += done.loaded;
    }
    return { isHeld: true, learned, loaded };
  }

  /** Lets another process be the one that may. */
  async giveBack(): Promise<void> {
    await this.lock.giveBack();
  }

  private async tickOf(
    one: Preloaded,
    token: number,
    withinMs: number,
  ): Promise<{ readonly learned: number; readonly loaded: number }> {
    const { region, budget } = one;
    const { model, revision } = one.learning ?? (await this.store.load(region.name, region.ahead));
    one.learning = undefined; // until what this tick learns is stored: should that fail, it is learned again
    const { learned, missed, next } = await this.learn(region.name, model);
    const at = this.clock.now();
    model.ledger.sweep(at);
    budget.begin({ missed, used: model.ledger.takeUsedGuesses() });
    await this.keepWarm(region, model);
    const loaded = one.pace.mayAsk() ? await this.load(one, model, withinMs) : 0;
    const report = reportOf(model, at, { perTick: region.ahead.perTick, spent: budget.spent });
    const isNew = learned > 0 || loaded > 0 || next !== '';
    const saving = { token, revision, next, at, report };
    const stored = isNew ? await this.store.save(region.name, model, saving) : revision;
    if (stored !== undefined) one.learning = { model, revision: stored };
    return { learned, loaded };
  }

  /** Learns of the reads that wait, in their order within each answer of the store; other work of this process goes on. */
  private async learn(
    region: string,
    model: AheadModel,
  ): Promise<{ readonly learned: number; readonly missed: number; readonly next: string }> {
    let [learned, missed, unreadable, next] = [0, 0, 0, ''];
    let isMore = true;
    while (isMore && learned < MOST_LEARNED) {
      const found = await this.store.unlearned(region, next);
      const accesses = found.batches.flatMap((batch) => batch.accesses).sort((one, other) => one.at - other.at);
      const now = this.clock.now();
      for (const [index, access] of accesses.entries()) {
        if (index % LEARNED_AT_ONCE === LEARNED_AT_ONCE - 1) await new Promise(setImmediate);
        model.learn({ ...access, at: Math.min(access.at, now) });
      }
      learned += accesses.length;
      missed += found.batches.reduce((sum, { misses }) => sum + misses, 0);
      unreadable += found.unreadable;
      if (found.next !== '') next = found.next;
      isMore = found.isMore;
    }
    if (unreadable > 0)
      this.onFault('learning of reads', new Error(`${unreadable} batches are of another shape.`), region);
    return { learned, missed, next };
  }

  /**
   * A store that is full keeps what was used last or most, and a key that is read once an hour is neither: those that most
   * trails held are used now, the least popular first, in half of the room.
   */
  private async keepWarm(region: Region<unknown, unknown>, model: AheadModel): Promise<void> {
    const room = await this.cache.warming.room();
    if (room === Infinity) return;
    const keys = model.popular(Math.min(Math.floor(room * WARM_SHARE), MOST_LOOKED_AT), this.clock.now()).reverse();
    await this.cache.warming.keepWarm(
      region,
      keys.map((key) => JSON.parse(key) as unknown),
    );
  }

  /** Loads guesses first: they are of use now or never. */
  private async load(one: Preloaded, model: AheadModel, withinMs: number): Promise<number> {
    const { ahead } = one.region;
    const at = this.clock.now();
    const guesses = model.guesses(at, ahead.leastWorth * one.budget.price).slice(0, MOST_LOOKED_AT);
    const hot = model.hottest(MOST_LOOKED_AT, ahead.leastScore, at).filter(({ key }) => !model.ledger.isOpen(key));
    const batches = [
      ...batchesOf(guesses).map((keys) => ({ keys, withinMs: 0, isGuess: true })),
      ...batchesOf(hot).map((keys) => ({ keys, withinMs, isGuess: false })),
    ];
    let loaded = 0;
    try {
      for (const batch of batches) {
        const done = await this.loadBatch(one, model, batch);
        loaded += done.loaded;
        if (done.isSlow) break;
      }
    } catch (error) {
      one.pace.took(Infinity);
      this.onFault('loading ahead', error, one.region.name);
    }
    return loaded;
  }

  private async loadBatch(
    { region, budget, pace }: Preloaded,
    model: AheadModel,
    {
      keys,
      withinMs,
      isGuess,
    }: { readonly keys: readonly string[]; readonly withinMs: number; readonly isGuess: boolean },
  ): Promise<{ readonly loaded: number; readonly isSlow: boolean }> {
    const most = isGuess ? budget.forGuesses : budget.forRefreshes;
    if (most === 0) return { loaded: 0, isSlow: false };
    const list = keys.map((key) => JSON.parse(key) as unknown);
    const startedAt = performance.now();
    const done = await this.cache.warming.preload(region, list, { withinMs, most });
    const isQuick = pace.took(performance.now() - startedAt);
    budget.spend(done.length, isGuess);
    const until = this.clock.now() + region.ttlMs;
    for (const params of done) model.ledger.note(canonicalJson(params), until, isGuess);
    return { loaded: done.length, isSlow: !isQuick };
  }
}

const batchesOf = (list: readonly { readonly key: string }[]): string[][] =>
  Array.from({ length: Math.ceil(list.length / KEYS_A_BATCH) }, (_, batch) =>
    list.slice(batch * KEYS_A_BATCH, (batch + 1) * KEYS_A_BATCH).map(({ key }) => key),
  );
