import { EncodedEnvelope } from '../region/encoded-envelope.js';
import type { Envelope } from '../region/envelope.js';
import { openEnvelope, SEALED } from '../region/opening.js';

/** What is to be kept near: an envelope with its value decoded once, and until when it is served, by the monotonic clock. */
export interface NearCopy {
  readonly envelope: Envelope;
  /** `SEALED` while nobody has asked for it, so that it was not decoded. */
  readonly value: unknown;
  readonly region: string;
  readonly freshUntil: number;
  /** When a read starts a refresh although the value is fresh: drawn once, by XFetch. */
  readonly refreshAfter: number;
  /** From when on it may not even stand in for a source that fails. */
  readonly uselessAfter: number;
}

/** A near copy as it is kept. */
export interface NearEntry extends NearCopy {
  value: unknown;
  /** The value as every reader gets it; made once, so that none is made for a read. */
  promise: Promise<unknown>;
  /** Before it the copy is fresh and no refresh is due, in whole ms; from then on its other times say what is. */
  readonly askAgainAt: number;
  /** A read noticed that a refresh is due. */
  isDue: boolean;
}

/** What an entry takes besides its texts: its objects, its places in the maps, its history. */
const ENTRY_BYTES = 864;
const TAG_BYTES = 320;
/** A decoded value takes about twice its JSON; the JSON itself is kept too. */
const BODY_FACTOR = 3;

/** About how many bytes a copy takes in a store. */
export const weightOf = (name: string, { tags, body }: Envelope): number => {
  let weight = ENTRY_BYTES + name.length + body.length * BODY_FACTOR;
  for (const [tag] of tags) weight += TAG_BYTES + tag.length;
  return weight;
};

/** The envelope with bytes of its own: a slice would hold on to all of the reply, or the pool, that it was cut from. */
const detached = (envelope: Envelope): Envelope => {
  if (envelope instanceof EncodedEnvelope) return envelope.detached();
  const { body } = envelope;
  if (body.length === body.buffer.byteLength) return envelope;
  const own = Buffer.allocUnsafeSlow(body.length);
  own.set(body);
  return { ...envelope, body: own };
};

/** The entry of a copy, always of the same fields in the same order: reading it must cost the same for every entry. */
export const entryOf = ({ envelope, value, region, freshUntil, refreshAfter, uselessAfter }: NearCopy): NearEntry => ({
  askAgainAt: Math.floor(Math.min(freshUntil, refreshAfter)),
  isDue: false,
  promise: Promise.resolve(value),
  value,
  envelope: detached(envelope),
  region,
  freshUntil,
  refreshAfter,
  uselessAfter,
});

/** Decodes what was kept sealed, once; answers the value. */
export const opened = (entry: NearEntry): unknown => {
  if (entry.value === SEALED) {
    entry.value = openEnvelope(entry.envelope);
    entry.promise = Promise.resolve(entry.value);
  }
  return entry.value;
};
