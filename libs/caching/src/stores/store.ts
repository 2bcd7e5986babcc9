import type { Envelope } from '../region/envelope.js';

/** A value now or later: a near store answers at once, a shared one does not. */
export type Awaitable<T> = T | Promise<T>;

/** What became of asking for the right to fill a key. */
export type LeaseAnswer =
  | { readonly kind: 'granted'; readonly token: string }
  | { readonly kind: 'held'; readonly leftMs: number }
  | { readonly kind: 'present'; readonly envelope: Envelope }
  /** A write is under way: the source is asked, and nothing kept. */
  | { readonly kind: 'marked' };

/** Where envelopes live. Names arrive finished: region, version and encoded key. */
export abstract class Store {
  /** The envelope under `name`, or `undefined` when there is none; a kept `null` is an envelope. */
  abstract read(name: string): Awaitable<Envelope | undefined>;
  /** Asks for the right to fill `name`; `seen` is the envelope, if any, that the fill would replace. */
  abstract lease(name: string, seen?: Envelope): Awaitable<LeaseAnswer>;
  /** Keeps `envelope` only while `token` still holds the lease on `name`, and answers whether it did. */
  abstract fill(name: string, token: string, envelope: Envelope): Awaitable<boolean>;
  /** Drops what is under `name`, and voids the lease on it. */
  abstract remove(name: string): Awaitable<unknown>;
}
