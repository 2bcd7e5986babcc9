import { ValueUndefinedError } from '../errors.js';
import type { CacheEvents } from '../events/cache-events.js';
import type { Coherence } from '../coherence/coherence.js';
import { isAfter, type Envelope, type Position } from '../region/envelope.js';
import { openEnvelope } from '../region/opening.js';
import type { SharedStore } from '../stores/shared.store.js';
import { LEASE_MS } from '../stores/shared.store.js';
import type { TagStore } from '../stores/tag.store.js';
import type { Landing } from './flight.js';
import { loadOver, startLoad, UNCHANGED } from './load.js';
import type { LoaderSaid } from './loader-said.js';
import type { Loader, RegionState } from './regions.js';
import { envelopeOf, seal, type Sealed } from './seal.js';

/** The right to fill a name, and what was there before. */
export interface Fill<P, V> {
  readonly state: RegionState<P, V>;
  readonly params: P;
  readonly name: string;
  readonly token: string;
  /** A value that may be served when the load fails or takes long. */
  readonly candidate?: Envelope | undefined;
  /** The kept value that the load would replace. */
  readonly replaces?: Envelope | undefined;
}

/** The circumstances of a load that has ended. */
export interface Loaded {
  readonly costMs: number;
  /** Where the bus of a tag stood before it. */
  readonly before: (tag: string) => Position;
  readonly said: LoaderSaid;
}

/** Loads a value under a lease and keeps it, unless it was invalidated meanwhile. */
export class Filler {
  constructor(
    private readonly shared: SharedStore,
    private readonly tags: TagStore,
    private readonly coherence: Coherence,
    private readonly events: CacheEvents,
    private readonly clock: { now(): number },
  ) {}

  /** Loads by `loader`; a stale candidate stands in when the load fails or passes the soft timeout. */
  async fill<P, V>(fill: Fill<P, V>, loader: Loader<P, V>): Promise<Landing<V>> {
    const { state, params, candidate } = fill;
    const renewal = this.renewing(fill);
    const startedAt = performance.now();
    const before = await this.positions();
    // What is pending lies on top of a value: that the source is unchanged says nothing of the whole.
    const replaces = state.pendingWrites ? 0 : (fill.replaces?.version ?? 0);
    const load = startLoad(state.region, replaces, (context, said) =>
      loadOver(state.pendingWrites, params, said, () => loader(params, context)),
    );
    state.counters.loads += 1;
    const kept = load.value.then(
      (value) => this.keep(fill, value, { costMs: performance.now() - startedAt, before, said: load.said }),
      async (error: unknown) => {
        state.counters.loadFailures += 1;
        await this.giveBack(fill);
        throw error;
      },
    );
    const settled = kept.finally(() => clearInterval(renewal));
    if (!candidate) return settled;
    try {
      await load.orSoftTimeout();
      return await settled;
    } catch {
      // the soft timeout passed, or the load failed: of a failure `settled` says why
      settled.catch((cause: unknown) => {
        state.retryPauses.failed(fill.name);
        this.report(state.region.name, 'loading', cause);
      });
      return this.standIn(candidate);
    }
  }

  /** Keeps a value that was loaded, alone or together with others. */
  async keep<P, V>(fill: Fill<P, V>, loaded: V, { costMs, before, said }: Loaded): Promise<Landing<V>> {
    const { state, params, name, token } = fill;
    const sealed = await this.sealed(fill, loaded);
    state.retryPauses.succeeded(name);
    const sealing = { now: this.clock.now(), costMs, before, keeping: said.keeping };
    const envelope = envelopeOf(state.region, params, sealed, sealing);
    const { isPendingUnknown } = said;
    const landing = {
      ...({ outcome: 'miss', tier: 'source', ageMs: 0 } as const),
      ...{ value: sealed.value, envelope, isPendingUnknown },
    };
    const isKeepable =
      said.isKept &&
      !isPendingUnknown &&
      envelope.freshUntil > envelope.writtenAt &&
      sealed.body.length <= state.region.maxBytes;
    if (sealed.body.length > state.region.maxBytes) {
      state.counters.oversized += 1;
      this.events.emit('oversized', { region: state.region.name, bytes: sealed.body.length });
    }
    try {
      if (!isKeepable) {
        await this.shared.release(name, token);
        return { ...landing, stored: false };
      }
      const isTrue = await this.holdTags(envelope);
      const stored = isTrue && (await this.shared.fill(name, token, envelope));
      if (!isTrue) await this.shared.release(name, token);
      if (!stored) state.counters.refusedFills += 1;
      return { ...landing, stored };
    } catch (cause) {
      this.report(state.region.name, 'filling', cause);
      return { ...landing, stored: false };
    }
  }

  /** Gives a lease back after a load that brought nothing. */
  async giveBack<P, V>({ state, name, token }: Fill<P, V>): Promise<void> {
    try {
      await this.shared.release(name, token);
    } catch (cause) {
      this.report(state.region.name, 'giving a lease back', cause); // it ends by itself
    }
  }

  /** Where the bus stands before a load. Without an answer every tag counts as removed since: nothing is kept. */
  async positions(): Promise<(tag: string) => Position> {
    try {
      return await this.coherence.positions();
    } catch (cause) {
      this.report(undefined, 'asking where the bus ends', cause);
      return () => '0-0';
    }
  }

  /** Answers `candidate` in place of a load that failed or takes long. */
  standIn<V>(candidate: Envelope): Landing<V> {
    const ageMs = this.clock.now() - candidate.writtenAt;
    return {
      value: openEnvelope(candidate) as V,
      envelope: candidate,
      outcome: 'stale',
      tier: 'shared',
      stored: false,
      ageMs,
    };
  }

  private async sealed<P, V>(fill: Fill<P, V>, loaded: V): Promise<Sealed<V>> {
    try {
      if (loaded !== (UNCHANGED as V)) return seal(fill.state.region, loaded);
      if (!fill.replaces) throw new ValueUndefinedError(fill.state.region.name);
      const { body } = fill.replaces;
      return { value: openEnvelope(fill.replaces) as V, body };
    } catch (error) {
      fill.state.counters.loadFailures += 1;
      await this.giveBack(fill);
      throw error;
    }
  }

  /** Makes the tags' records outlive the envelope; answers whether none was removed since before the load. */
  private async holdTags(envelope: Envelope): Promise<boolean> {
    const lifetimeMs = envelope.errorUntil - envelope.writtenAt;
    const records = await Promise.all(envelope.tags.map(([tag]) => this.tags.touch(tag, lifetimeMs)));
    return envelope.tags.every(([, before], index) => {
      const record = records[index];
      return record !== undefined && !isAfter(record.removed, before) && !isAfter(record.staled, before);
    });
  }

  /** Renews the lease of a load that runs, until it is cleared. */
  renewing<P, V>({ state, name, token }: Fill<P, V>): NodeJS.Timeout {
    const renew = (): void => {
      this.shared
        .renew(name, token)
        .catch((cause: unknown) => this.report(state.region.name, 'renewing a lease', cause));
    };
    return setInterval(renew, LEASE_MS / 3).unref();
  }

  private report(region: string | undefined, during: string, cause: unknown): void {
    this.events.emit('fault', { during, ...(region === undefined ? {} : { region }), cause });
  }
}
