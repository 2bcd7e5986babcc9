import type { TagVerdict } from '../coherence/coherence.js';
import type { Envelope } from '../region/envelope.js';
import type { AnyRegion } from '../region/region.js';
import type { NearEntry } from '../stores/near.entry.js';

/** One kept copy of a value, without the value. All times are whole ms from now on, rounded, 0 when over. */
export interface EntryCopy {
  readonly tier: 'near' | 'shared';
  readonly ageMs: number;
  /** How long it stays fresh; a near copy no longer than its region lets it. */
  readonly ttlLeftMs: number;
  /** How long it may be served while a refresh runs. */
  readonly staleLeftMs: number;
  /** How long it may stand in for a source that fails. */
  readonly ifErrorLeftMs: number;
  /** The version of the value; 0 where its region has none. */
  readonly version: number;
  readonly tags: readonly string[];
  /** The size of the encoded value. */
  readonly bytes: number;
  /** What is kept is that there is no value. */
  readonly isAbsence: boolean;
  /** A tag was removed since the value was loaded. */
  readonly isTagRemoved: boolean;
  /** How a read would be answered with this copy now: `on-error` only when what comes after it fails, `never` not at all. */
  readonly served: 'fresh' | 'stale' | 'on-error' | 'never';
}

const NULL = Buffer.from('null');

const wholeMs = (from: number, until: number): number => Math.max(Math.round(until - from), 0);

const told = (envelope: Envelope, verdict: TagVerdict, now: number): Omit<EntryCopy, 'tier' | 'served'> => ({
  ageMs: wholeMs(envelope.writtenAt, now),
  ttlLeftMs: wholeMs(now, envelope.freshUntil),
  staleLeftMs: wholeMs(now, envelope.staleUntil),
  ifErrorLeftMs: wholeMs(now, envelope.errorUntil),
  version: envelope.version,
  tags: envelope.tags.map(([tag]) => tag),
  bytes: envelope.body.length,
  isAbsence: envelope.body.equals(NULL),
  isTagRemoved: verdict === 'removed',
});

/** A near copy: it answers while it is fresh and this process current; past that the shared store does, while it answers. */
export const nearCopyOf = (
  { envelope, freshUntil }: NearEntry,
  { verdict, now, isCurrent }: { verdict: TagVerdict; now: number; isCurrent: boolean },
): EntryCopy => {
  const at = performance.now();
  const ttlLeftMs = wholeMs(at, freshUntil);
  const isOnError = verdict !== 'removed' && now < envelope.errorUntil;
  const served = at < freshUntil && isCurrent ? 'fresh' : isOnError ? 'on-error' : 'never';
  return { tier: 'near', ...told(envelope, verdict, now), ttlLeftMs, served };
};

/** A shared copy, by the rules of a read that reaches the shared store. */
export const sharedCopyOf = (
  envelope: Envelope,
  { verdict, now, region }: { verdict: TagVerdict; now: number; region: AnyRegion },
): EntryCopy => ({
  tier: 'shared',
  ...told(envelope, verdict, now),
  served: verdict === 'removed' ? 'never' : servedUntainted(envelope, verdict, now, region.staleWhileRevalidateMs),
});

const servedUntainted = (
  { freshUntil, staleUntil, errorUntil }: Envelope,
  verdict: TagVerdict,
  now: number,
  staleWhileRevalidateMs: number,
): EntryCopy['served'] => {
  if (now < freshUntil && verdict === 'valid') return 'fresh';
  if (now < Math.max(freshUntil, staleUntil) && staleWhileRevalidateMs > 0) return 'stale';
  return now < errorUntil ? 'on-error' : 'never';
};
