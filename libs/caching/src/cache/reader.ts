import type { Coherence, TagVerdict } from '../coherence/coherence.js';
import { StoreUnavailableError } from '../errors.js';
import type { CacheEvents } from '../events/cache-events.js';
import type { Envelope } from '../region/envelope.js';
import { openEnvelope, SEALED } from '../region/opening.js';
import { LEASE_MS, type SharedStore } from '../stores/shared.store.js';
import { loaderOf, type Asked } from './asked.js';
import type { Fill, Filler } from './filler.js';
import type { Flight, Landing } from './flight.js';
import { earlyRefreshAt, type NearFiller } from './near-filler.js';
import type { AnyRegion } from '../region/region.js';
import type { Loader } from './regions.js';
import type { SourceReader } from './source-reader.js';

/** What a read goes through. */
export interface ReadTiers {
  readonly shared: SharedStore;
  readonly coherence: Coherence;
  readonly filler: Filler;
  readonly nearFiller: NearFiller;
  readonly source: SourceReader;
}

type Step<P, V> =
  Landing<V> | { readonly fill: Fill<P, V>; readonly loader: Loader<P, V> } | { readonly isUncacheable: true };

/** While the bus was read within this time, a waiter relies on being woken; else it looks again by itself. */
const WAKING_MS = 1_000;
const POLL_MS = 50;
/** The bound that no memory of the bus is within. */
const BY_THE_RECORDS = -Infinity;

/** How far this node's own knowledge of tags may lie behind to be relied on. */
const tagBoundMs = ({ consistency }: AnyRegion): number => {
  if (consistency.level === 'bounded') return consistency.ms;
  return consistency.level === 'latest' ? -Infinity : WAKING_MS;
};

/** One read past the near store: shared store, lease, source. */
export class Reader {
  constructor(
    private readonly tiers: ReadTiers,
    private readonly clock: { now(): number },
    private readonly events: CacheEvents,
  ) {}

  /** With `begun`, from where another look at the shared store has ended: its envelope could not be served. */
  async read<P, V>(
    asked: Asked<P, V>,
    flight: Flight<V>,
    begun?: { readonly envelope: Envelope | undefined },
  ): Promise<Landing<V>> {
    const { filler, nearFiller, source } = this.tiers;
    const nearLease = nearFiller.lease(asked);
    try {
      const step = await this.orUnavailable(this.fromShared(asked, begun));
      if (step === undefined) return await source.read(asked);
      if ('isUncacheable' in step) return await source.load(asked);
      const landing = 'fill' in step ? await filler.fill(step.fill, step.loader) : step;
      if (!flight.isVoid) nearLease.keep(landing);
      return landing;
    } finally {
      nearLease.end();
    }
  }

  /** What the shared store keeps under `name`, stale or not; `undefined` when that is nothing of any use, or it is away. */
  async kept(name: string): Promise<Envelope | undefined> {
    const { shared, coherence } = this.tiers;
    const envelope = await this.orUnavailable(shared.read(name));
    if (!envelope) return undefined;
    const { freshUntil, staleUntil, errorUntil } = envelope;
    if (this.clock.now() >= Math.max(freshUntil, staleUntil, errorUntil)) return undefined;
    const verdict = await this.orUnavailable(coherence.judge(envelope, BY_THE_RECORDS));
    return verdict === undefined || verdict === 'removed' ? undefined : envelope;
  }

  /** Refreshes a value in the background, unless this or another process already does. */
  refresh<P, V>(asked: Asked<P, V>, seen: Envelope): void {
    const { state, params, name } = asked;
    const loader = asked.isBound ? state.loader : (asked.loader ?? state.loader);
    if (!loader || state.refreshing.has(name) || state.retryPauses.isPaused(name)) return;
    state.refreshing.add(name);
    const run = async (): Promise<void> => {
      const lease = await this.tiers.shared.lease(name, seen);
      if (lease.kind !== 'granted') return;
      const nearLease = this.tiers.nearFiller.lease(asked);
      try {
        nearLease.keep(
          await this.tiers.filler.fill({ state, params, name, token: lease.token, replaces: seen }, loader),
        );
      } finally {
        nearLease.end();
      }
    };
    run()
      .catch((cause: unknown) => {
        state.retryPauses.failed(name);
        this.events.emit('fault', { during: 'refreshing', region: state.region.name, cause });
      })
      .finally(() => state.refreshing.delete(name));
  }

  /** What `step` answers, or `undefined` when the shared store is away. Nothing in it calls a loader. */
  private async orUnavailable<T>(step: Promise<T>): Promise<T | undefined> {
    try {
      return await step;
    } catch (error) {
      if (error instanceof StoreUnavailableError) return undefined;
      throw error;
    }
  }

  /** What the shared store answers: a value, or the right to load one. */
  private async fromShared<P, V>(
    asked: Asked<P, V>,
    begun: { readonly envelope: Envelope | undefined } | undefined,
  ): Promise<Step<P, V>> {
    const { state, params, name } = asked;
    const { shared, coherence, filler } = this.tiers;
    const startedAt = performance.now();
    const staleAt = startedAt + state.region.softTimeoutMs;
    const giveUpAt = startedAt + state.region.hardTimeoutMs + LEASE_MS;
    let isJudged = begun !== undefined;
    let envelope = begun ? begun.envelope : await shared.read(name);
    for (;;) {
      const served = envelope && !isJudged && (await this.serve(asked, envelope, true));
      if (served) return served;
      isJudged = false;
      const loader = loaderOf(asked);
      const candidate = envelope && (await this.candidate(asked, envelope));
      // Another's load has failed just now, or takes long: as for one's own, a value that may stand in does.
      if (candidate && (state.retryPauses.isPaused(name) || performance.now() >= staleAt))
        return filler.standIn(candidate);
      const waiting = coherence.wakeUp.listen(name);
      try {
        const lease = await shared.lease(name, envelope);
        if (lease.kind === 'granted')
          return { fill: { state, params, name, token: lease.token, candidate, replaces: envelope }, loader };
        if (lease.kind === 'present') {
          envelope = lease.envelope;
          continue;
        }
        if (lease.kind === 'marked' || performance.now() > giveUpAt) return { isUncacheable: true };
        const now = performance.now();
        // The marks of a write void leases without a word on the bus.
        const isWoken = state.region.consistency.level !== 'latest' && coherence.bus.isCurrent(WAKING_MS, now);
        const patienceMs = candidate ? Math.max(staleAt - now, 1) : Infinity;
        await waiting.wait(Math.min(lease.leftMs, patienceMs, isWoken ? Infinity : POLL_MS));
      } finally {
        waiting.stop();
      }
      envelope = await shared.read(name);
    }
  }

  /**
   * The landing of an envelope that may be served as it is, else `undefined`; a promise only where its tags must be asked
   * for. Without `isOpened` the value is left in the envelope.
   */
  serve<P, V>(
    asked: Asked<P, V>,
    envelope: Envelope,
    isOpened: boolean,
  ): Landing<V> | undefined | Promise<Landing<V> | undefined> {
    const now = this.clock.now();
    if (now >= Math.max(envelope.freshUntil, envelope.staleUntil)) return undefined;
    const { coherence } = this.tiers;
    const boundMs = tagBoundMs(asked.state.region);
    const atOnce = coherence.judgeAtOnce(envelope, boundMs);
    if (atOnce) return this.served(asked, envelope, { verdict: atOnce, now, isOpened });
    return coherence
      .judge(envelope, boundMs)
      .then((verdict) => this.served(asked, envelope, { verdict, now, isOpened }));
  }

  private served<P, V>(
    asked: Asked<P, V>,
    envelope: Envelope,
    { verdict, now, isOpened }: { verdict: TagVerdict; now: number; isOpened: boolean },
  ): Landing<V> | undefined {
    if (verdict === 'removed') return undefined;
    const { region } = asked.state;
    const isFresh = now < envelope.freshUntil && verdict === 'valid';
    if (!isFresh && region.staleWhileRevalidateMs === 0) return undefined;
    if (!isFresh || now >= earlyRefreshAt(region, envelope)) this.refresh(asked, envelope);
    const value = (isOpened ? openEnvelope(envelope) : SEALED) as V;
    const ageMs = now - envelope.writtenAt;
    return { value, envelope, outcome: isFresh ? 'hit' : 'stale', tier: 'shared', stored: false, ageMs };
  }

  /** The envelope, if it may stand in for a source that fails. */
  private async candidate<P, V>({ state }: Asked<P, V>, envelope: Envelope): Promise<Envelope | undefined> {
    if (this.clock.now() >= envelope.errorUntil) return undefined;
    const verdict = await this.tiers.coherence.judge(envelope, tagBoundMs(state.region));
    return verdict === 'removed' ? undefined : envelope;
  }
}
