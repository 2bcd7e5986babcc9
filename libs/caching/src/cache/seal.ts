import { ValueUndefinedError } from '../errors.js';
import { validatorOf, type Envelope, type Position } from '../region/envelope.js';
import { frozen } from '../region/opening.js';
import type { Region } from '../region/region.js';
import type { Keeping } from './loader-said.js';

/** A value encoded, before it is known whether it may be kept. */
export interface Sealed<V> {
  readonly value: V;
  readonly body: Buffer;
}

/**
 * Encodes a loaded value, and answers it as every later reader will get it: what JSON keeps of it, frozen.
 * @throws {ValueUndefinedError} `undefined`, or a value that JSON does not know
 */
export const seal = <V>(region: Region<never, never>, loaded: V): Sealed<V> => {
  const text = JSON.stringify(loaded) as string | undefined;
  if (text === undefined) throw new ValueUndefinedError(region.name);
  const body = Buffer.from(text, 'utf8');
  return { value: frozen(JSON.parse(text) as V), body };
};

const shortened = (ms: number, jitter: number): number => ms * (1 - Math.random() * jitter);

/** The circumstances of a load; `before` answers where a tag's bus stood before it. */
export interface Sealing {
  readonly now: number;
  readonly costMs: number;
  readonly before: (tag: string) => Position;
  /** What the loader said in place of the region. */
  readonly keeping?: Keeping;
}

/** Puts a sealed value into its envelope. */
export const envelopeOf = <P, V>(
  region: Region<P, V>,
  params: P,
  { value, body }: Sealed<V>,
  { now, costMs, before, keeping = {} }: Sealing,
): Envelope => {
  const isAbsent = value === null || value === undefined;
  const isNeverStale = isAbsent || region.consistency.level === 'latest';
  const { ttlMs, staleWhileRevalidateMs, staleIfErrorMs } = { ...region, ...keeping };
  const freshUntil = now + shortened(isAbsent ? region.absentMs : ttlMs, region.jitter);
  const tags = new Set([...(region.tags?.(params, value) ?? []), ...(keeping.tags ?? [])]);
  return {
    version: isAbsent ? 0 : (region.versionOf?.(value) ?? 0),
    freshUntil,
    staleUntil: isNeverStale ? freshUntil : freshUntil + staleWhileRevalidateMs,
    errorUntil: isNeverStale ? freshUntil : freshUntil + Math.max(staleIfErrorMs, staleWhileRevalidateMs),
    writtenAt: now,
    costMs,
    validator: validatorOf(body),
    tags: [...tags].map((tag) => [tag, before(tag)] as const),
    body,
  };
};

/**
 * The envelope of a value that was changed where it is kept: for as long as the one it takes the place of, since what lies
 * under the change is as old as before. `undefined` when it cannot be kept: it is too large, is none, or carries other tags.
 */
export const amendedEnvelope = <P, V>(
  region: Region<P, V>,
  params: P,
  value: V,
  { kept, now }: { readonly kept: Envelope; readonly now: number },
): Envelope | undefined => {
  const { body } = seal(region, value);
  if (value === null || value === undefined || body.length > region.maxBytes) return undefined;
  const isTagged = (tag: string): boolean => kept.tags.some(([known]) => known === tag);
  if (!(region.tags?.(params, value) ?? []).every(isTagged)) return undefined;
  const { freshUntil, staleUntil, errorUntil, costMs, tags } = kept;
  const version = region.versionOf?.(value) ?? 0;
  const lifetimes = { freshUntil, staleUntil, errorUntil, writtenAt: now };
  return { ...lifetimes, version, costMs, tags, validator: validatorOf(body), body };
};
