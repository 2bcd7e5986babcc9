import { createHash } from 'node:crypto';
import type { Position } from './position.js';

export { isAfter, type Position } from './position.js';

/** When a value may be served, on the shared Redis's clock, in ms since 1970. */
export interface Lifetimes {
  readonly freshUntil: number;
  readonly staleUntil: number;
  readonly errorUntil: number;
}

/** A stored value: its JSON bytes, undecoded, and what decides whether they may be served. */
export interface Envelope extends Lifetimes {
  /** The version of the value, or 0 where its region has none. */
  readonly version: number;
  readonly writtenAt: number;
  /** How long the load took, in ms: what XFetch weighs. */
  readonly costMs: number;
  /** A strong validator of `body`, for `ETag`. */
  readonly validator: string;
  /** Each tag with the position of its partition's bus before the load. */
  readonly tags: readonly (readonly [tag: string, before: Position])[];
  readonly body: Buffer;
}

/** The validator of encoded bytes: 16 characters of their SHA-1, for telling apart, not for safety. */
export const validatorOf = (body: Buffer): string => createHash('sha1').update(body).digest('base64url').slice(0, 16);
