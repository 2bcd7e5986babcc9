import type { Envelope } from './envelope.js';
import { partitionOf } from './partition.js';
import { isAfter, type Position } from './position.js';

/** Asked about the position before the load in one partition, as the two numbers it consists of. */
export type FloorTest = (partition: number, ms: number, sequence: number) => boolean;

/** The first word of an encoded envelope; bytes of another are a miss. */
const FORMAT = 'L2';
const [FIRST, SECOND] = Buffer.from(FORMAT);
const NEWLINE = 10;
const SPACE = 32;
const DASH = 45;
const DOT = 46;
const ZERO = 48;
const OPENING = 91;
const CLOSING = 93;
const UNDERSCORE = 95;
const BEGINNING: Position = '0-0';
/** What cannot be read as tags is judged as a tag that was removed since. */
const UNREADABLE: Envelope['tags'] = [['', BEGINNING]];
const NONE: Envelope['tags'] = [];

/** The least position in each partition that a tag lies in. */
const floorsOf = (tags: Envelope['tags']): Map<number, Position> => {
  const floors = new Map<number, Position>();
  for (const [tag, before] of tags) {
    const partition = partitionOf(tag);
    const known = floors.get(partition);
    if (known === undefined || isAfter(known, before)) floors.set(partition, before);
  }
  return floors;
};

const encodeHead = (envelope: Envelope): string => {
  const { version, freshUntil, staleUntil, errorUntil, writtenAt, costMs, validator, tags } = envelope;
  const numbers = [version, freshUntil, staleUntil, errorUntil, writtenAt, costMs].map((value) => Math.round(value));
  const floors = Array.from(floorsOf(tags), ([partition, before]) => `${partition}.${before}`).join('_') || '-';
  return `${FORMAT} ${numbers.join(' ')} ${validator} ${floors} ${JSON.stringify(tags.map(([tag]) => tag))}`;
};

/**
 * One line of text, then the body: `L2 version fresh stale error written cost validator floors tags`. The floors are the
 * bus positions before the load, one for each partition that a tag lies in (`7.12-0_31.9-4`; `-` without tags), the tags
 * a list of texts. Lua reads the first two words.
 */
export const encodeEnvelope = (envelope: Envelope): Buffer =>
  envelope instanceof EncodedEnvelope
    ? envelope.bytes
    : Buffer.concat([Buffer.from(`${encodeHead(envelope)}\n`, 'utf8'), envelope.body]);

/** The first line of an encoded envelope, without its end: tells one envelope from another under the same key. */
export const headOf = (envelope: Envelope): Buffer | string =>
  envelope instanceof EncodedEnvelope ? envelope.head : encodeHead(envelope);

/** Where the last number that was read ended: a pair of both would be made anew for each number. */
let cursor = 0;

/** The digits at `from` as a number; NaN where there are none. */
const digitsAt = (bytes: Buffer, from: number): number => {
  let value = 0;
  for (cursor = from; ; cursor += 1) {
    const digit = (bytes[cursor] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return cursor > from ? value : NaN;
};

/** The word at `from` as a number; NaN where it is none. */
const numberAt = (bytes: Buffer, from: number): number => {
  const value = digitsAt(bytes, from);
  if (bytes[cursor] === SPACE) return value;
  cursor = bytes.indexOf(SPACE, from); // a sign or an exponent, or no number
  return cursor > from ? Number(bytes.toString('latin1', from, cursor)) : NaN;
};

/** The texts of the list at `from`; none where it cannot be read. */
const listAt = (bytes: Buffer, from: number, end: number): string[] => {
  try {
    const list: unknown = JSON.parse(bytes.toString('utf8', from, end));
    return Array.isArray(list) && list.every((one) => typeof one === 'string') ? list : [];
  } catch {
    return []; // foreign bytes: their envelope is judged as removed
  }
};

/** An envelope as it lies in its bytes: what few readers ask for is read out of them only then. */
export class EncodedEnvelope implements Envelope {
  readonly version: number;
  readonly freshUntil: number;
  readonly staleUntil: number;
  readonly errorUntil: number;
  readonly writtenAt: number;
  readonly costMs: number;
  /** Whether it is one: its bytes may be of another format, foreign or cut. */
  readonly isReadable: boolean;
  private readonly validatorAt: number;
  private readonly floorsAt: number;
  private readonly tagsAt: number;
  private readonly end: number;
  private knownBody: Buffer | undefined = undefined;
  private knownTags: Envelope['tags'] | undefined = undefined;
  private opened: { readonly value: unknown } | undefined = undefined;

  constructor(readonly bytes: Buffer) {
    this.version = numberAt(bytes, FORMAT.length + 1);
    this.freshUntil = numberAt(bytes, cursor + 1);
    this.staleUntil = numberAt(bytes, cursor + 1);
    this.errorUntil = numberAt(bytes, cursor + 1);
    this.writtenAt = numberAt(bytes, cursor + 1);
    this.costMs = numberAt(bytes, cursor + 1);
    this.validatorAt = cursor + 1;
    this.floorsAt = bytes.indexOf(SPACE, this.validatorAt) + 1;
    const isTagged = bytes[this.floorsAt] !== DASH;
    this.tagsAt = isTagged ? bytes.indexOf(SPACE, this.floorsAt) + 1 : this.floorsAt + 2;
    this.end = isTagged ? bytes.indexOf(NEWLINE, this.tagsAt) : this.tagsAt + 2;
    const numbers = this.version + this.freshUntil + this.staleUntil + this.errorUntil + this.writtenAt + this.costMs;
    this.isReadable =
      bytes[0] === FIRST &&
      bytes[1] === SECOND &&
      bytes[2] === SPACE &&
      Number.isFinite(numbers) &&
      this.floorsAt > this.validatorAt + 1 &&
      bytes[this.tagsAt - 1] === SPACE &&
      bytes[this.tagsAt] === OPENING &&
      bytes[this.end - 1] === CLOSING &&
      bytes[this.end] === NEWLINE;
  }

  get validator(): string {
    return this.bytes.toString('latin1', this.validatorAt, this.floorsAt - 1);
  }

  get isTagged(): boolean {
    return this.bytes[this.floorsAt] !== DASH;
  }

  get tags(): Envelope['tags'] {
    return (this.knownTags ??= this.isTagged ? this.readTags() : NONE);
  }

  get body(): Buffer {
    return (this.knownBody ??= this.bytes.subarray(this.end + 1));
  }

  get head(): Buffer {
    return this.bytes.subarray(0, this.end);
  }

  /** Whether `test` holds for every floor; where one cannot be read, it does not. */
  everyFloor(test: FloorTest): boolean {
    const { bytes } = this;
    for (let at = this.floorsAt; ; at = cursor + 1) {
      const partition = digitsAt(bytes, at);
      const ms = bytes[cursor] === DOT ? digitsAt(bytes, cursor + 1) : NaN;
      const sequence = bytes[cursor] === DASH ? digitsAt(bytes, cursor + 1) : NaN;
      const isLast = bytes[cursor] === SPACE;
      if (!isLast && bytes[cursor] !== UNDERSCORE) return false;
      if (!test(partition, ms, sequence)) return false;
      if (isLast) return true;
    }
  }

  /** The decoded value: made by `open` once, for all who ask. */
  value(open: (body: Buffer) => unknown): unknown {
    this.opened ??= { value: open(this.body) };
    return this.opened.value;
  }

  /** The same with bytes of its own: a slice would hold on to all of the reply that it was cut from. */
  detached(): EncodedEnvelope {
    if (this.bytes.length === this.bytes.buffer.byteLength) return this;
    const own = Buffer.allocUnsafeSlow(this.bytes.length);
    own.set(this.bytes);
    const copy = new EncodedEnvelope(own);
    copy.opened = this.opened;
    return copy;
  }

  private readTags(): Envelope['tags'] {
    const floors = new Map<number, Position>();
    for (const floor of this.bytes.toString('latin1', this.floorsAt, this.tagsAt - 1).split('_')) {
      const dot = floor.indexOf('.');
      floors.set(Number(floor.slice(0, dot)), floor.slice(dot + 1));
    }
    const names = listAt(this.bytes, this.tagsAt, this.end);
    const tags = names.map((tag): Envelope['tags'][number] => [tag, floors.get(partitionOf(tag)) ?? BEGINNING]);
    return tags.length === 0 ? UNREADABLE : tags;
  }
}

/** The envelope in `bytes`, or `undefined` when they are of another format, foreign or cut. */
export const decodeEnvelope = (bytes: Buffer): EncodedEnvelope | undefined => {
  const envelope = new EncodedEnvelope(bytes);
  return envelope.isReadable ? envelope : undefined;
};
