import { createHash } from 'node:crypto';

/** A stream id of the bus, `<ms>-<sequence>`; `0-0` is before everything. */
export type Position = string;

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

const FORMAT = 'L1';
const NEWLINE = 10;

/** The validator of encoded bytes: 16 characters of their SHA-1, for telling apart, not for safety. */
export const validatorOf = (body: Buffer): string => createHash('sha1').update(body).digest('base64url').slice(0, 16);

/** The first line of an encoded envelope, without its end: tells one envelope from another under the same key. */
export const headOf = (envelope: Envelope): string => {
  const { version, freshUntil, staleUntil, errorUntil, writtenAt, costMs, validator, tags } = envelope;
  const numbers = [version, freshUntil, staleUntil, errorUntil, writtenAt, costMs].map((value) => Math.round(value));
  return `${FORMAT} ${numbers.join(' ')} ${validator} ${JSON.stringify(tags)}`;
};

/** One line of text (`L1 version fresh stale error written cost validator tags`), then the body. Lua reads the first two words. */
export const encodeEnvelope = (envelope: Envelope): Buffer =>
  Buffer.concat([Buffer.from(`${headOf(envelope)}\n`, 'utf8'), envelope.body]);

const isTagList = (value: unknown): value is [string, string][] =>
  Array.isArray(value) &&
  value.every(
    (tag) => Array.isArray(tag) && tag.length === 2 && typeof tag[0] === 'string' && typeof tag[1] === 'string',
  );

const parseTags = (text: string): Envelope['tags'] | undefined => {
  if (text === '[]') return [];
  try {
    const tags: unknown = JSON.parse(text);
    return isTagList(tags) ? tags : undefined;
  } catch {
    return undefined; // foreign bytes are a miss, which the reader counts
  }
};

/** The envelope in `bytes`, or `undefined` when they are of another format, foreign or cut. */
export const decodeEnvelope = (bytes: Buffer): Envelope | undefined => {
  const end = bytes.indexOf(NEWLINE);
  if (end < 0) return undefined;
  const words = bytes.toString('utf8', 0, end).split(' ');
  const [format, version, freshUntil, staleUntil, errorUntil, writtenAt, costMs] = words;
  const validator = words[7];
  if (format !== FORMAT || validator === undefined || words.length < 9) return undefined;
  const tags = parseTags(words.slice(8).join(' '));
  const envelope = {
    version: Number(version),
    freshUntil: Number(freshUntil),
    staleUntil: Number(staleUntil),
    errorUntil: Number(errorUntil),
    writtenAt: Number(writtenAt),
    costMs: Number(costMs),
  };
  if (tags === undefined || Object.values(envelope).some((value) => !Number.isFinite(value))) return undefined;
  return { ...envelope, validator, tags, body: bytes.subarray(end + 1) };
};

/** Whether position `a` comes after `b`. */
export const isAfter = (a: Position, b: Position): boolean => {
  const [aMs = '0', aSequence = '0'] = a.split('-');
  const [bMs = '0', bSequence = '0'] = b.split('-');
  return aMs === bMs ? Number(aSequence) > Number(bSequence) : Number(aMs) > Number(bMs);
};
