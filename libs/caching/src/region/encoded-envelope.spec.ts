import { EncodedEnvelope, decodeEnvelope, encodeEnvelope, headOf } from './encoded-envelope.js';
import type { Envelope } from './envelope.js';
import { openEnvelope } from './opening.js';
import { partitionOf } from './partition.js';

const anEnvelope = (over: Partial<Envelope> = {}): Envelope => ({
  version: 12,
  freshUntil: 1_764_000_060_000,
  staleUntil: 1_764_000_070_000,
  errorUntil: 1_764_000_080_000,
  writtenAt: 1_764_000_000_000,
  costMs: 7,
  validator: 'AbC-_0123456789x',
  tags: [],
  body: Buffer.from('{"name":"Süß ✓"}'),
  ...over,
});

const told = (envelope: Envelope | undefined): Envelope => {
  if (!envelope) throw new Error('The envelope could not be read.');
  const { version, freshUntil, staleUntil, errorUntil, writtenAt, costMs, validator, tags, body } = envelope;
  return { version, freshUntil, staleUntil, errorUntil, writtenAt, costMs, validator, tags, body };
};

const decoded = (envelope: Envelope): EncodedEnvelope => {
  const read = decodeEnvelope(encodeEnvelope(envelope));
  if (!read) throw new Error('The envelope could not be read.');
  return read;
};

/** Two tags of one partition, and one of another. */
const [first, second, other] = ((): [string, string, string] => {
  const tags = Array.from({ length: 1_000 }, (_, number) => `tag-${number}`);
  const same = tags.find((tag) => tag !== 'tag-0' && partitionOf(tag) === partitionOf('tag-0'));
  const apart = tags.find((tag) => partitionOf(tag) !== partitionOf('tag-0'));
  if (!same || !apart) throw new Error('No two tags of one partition.');
  return ['tag-0', same, apart];
})();

describe('an encoded envelope', () => {
  it.each([
    ['without tags', {}],
    ['with tags', { tags: [[first, '1764000000000-3'] as const, [other, '0-0'] as const] }],
    ['with tags that need care', { tags: [['a "quoted" ] tag\n', '12-3'] as const, ['größe ✓', '9-1'] as const] }],
    ['of a value that has lines', { body: Buffer.from('"a\nb"\n') }],
    ['of an empty body', { body: Buffer.alloc(0) }],
    ['with a version that is negative', { version: -3 }],
    ['with a version past the exact ones', { version: 1e21 }],
  ])('%s says what the envelope said', (_, over) => {
    expect(told(decoded(anEnvelope(over)))).toEqual(anEnvelope(over));
  });

  it('rounds times and costs, and tells one envelope from another by the same head that is stored', () => {
    const envelope = anEnvelope({ freshUntil: 1_764_000_060_000.4, costMs: 0.6, tags: [[first, '5-1']] });
    const bytes = encodeEnvelope(envelope);

    expect(told(decodeEnvelope(bytes))).toMatchObject({ freshUntil: 1_764_000_060_000, costMs: 1 });
    expect(String(headOf(decoded(envelope)))).toBe(String(headOf(envelope)));
    expect(bytes.toString().startsWith(`${String(headOf(envelope))}\n`)).toBe(true);
  });

  it('keeps for the tags of one partition the least of their positions', () => {
    const { tags } = decoded(
      anEnvelope({
        tags: [
          [first, '20-1'],
          [second, '20-0'],
          [other, '7-7'],
        ],
      }),
    );

    expect(tags).toEqual([
      [first, '20-0'],
      [second, '20-0'],
      [other, '7-7'],
    ]);
  });

  it('tells its floors without reading its tags', () => {
    const envelope = anEnvelope({ tags: [first, second, other].map((tag, at) => [tag, `1764-${at}`] as const) });
    const text = encodeEnvelope(envelope).toString('latin1').replace(`["${first}"`, `[x${first}"`);
    const read = decodeEnvelope(Buffer.from(text, 'latin1'));
    const floors: number[][] = [];

    const isEvery = read?.everyFloor((...floor) => floors.push(floor) > 0);

    expect(isEvery).toBe(true);
    expect(floors).toEqual([
      [partitionOf(first), 1_764, 0],
      [partitionOf(other), 1_764, 2],
    ]);
    expect(read?.everyFloor((partition) => partition === partitionOf(first))).toBe(false);
  });

  it('takes tags that cannot be read for one that was removed', () => {
    const bytes = encodeEnvelope(anEnvelope({ tags: [[first, '9-9']] }));
    const text = bytes.toString('latin1');

    expect(decodeEnvelope(Buffer.from(text.replace('["tag', '[ tag'), 'latin1'))?.tags).toEqual([['', '0-0']]);
    const foreign = decodeEnvelope(Buffer.from(text.replace(`.9-9`, '.9x9'), 'latin1'));
    expect(foreign?.everyFloor(() => true)).toBe(false);
  });

  it.each(['', 'L', 'L2', 'L2 ', 'hello', '{"a":1}', '\n', 'L2 1 2 3 4 5 6\n', 'L2  1 2 3 4 5 v - []\n1'])(
    'is not read out of %j',
    (text) => {
      expect(decodeEnvelope(Buffer.from(text))).toBeUndefined();
    },
  );

  it('is not read out of another format, or of words that are no numbers', () => {
    const text = encodeEnvelope(anEnvelope()).toString();

    expect(decodeEnvelope(Buffer.from(text.replace('L2', 'L1')))).toBeUndefined();
    expect(decodeEnvelope(Buffer.from(text.replace('L2', 'L3')))).toBeUndefined();
    expect(decodeEnvelope(Buffer.from(text.replace('1764000060000', 'x764000060000')))).toBeUndefined();
    expect(decodeEnvelope(Buffer.from(text.replace('1764000060000', 'Infinity')))).toBeUndefined();
    expect(decodeEnvelope(Buffer.from(text.replace(' 12 ', '  ')))).toBeUndefined();
  });

  it.each([[], [[first, '9-9'] as const, [other, '9-9'] as const]])(
    'is not read out of any part of its head',
    (...tags) => {
      const envelope = anEnvelope({ tags });
      const bytes = encodeEnvelope(envelope);
      const head = headOf(envelope).length;

      for (let length = 0; length <= head; length += 1)
        expect(decodeEnvelope(bytes.subarray(0, length))).toBeUndefined();
      expect(decodeEnvelope(bytes.subarray(0, head + 1))).toBeDefined();
    },
  );

  it('is opened once for all, frozen, also by its detached copy, which has bytes of its own', () => {
    const bytes = encodeEnvelope(
      anEnvelope({ tags: [[first, '9-9']], body: Buffer.from('{"list":[{"a":1}],"n":null}') }),
    );
    const read = decodeEnvelope(Buffer.concat([Buffer.alloc(100), bytes]).subarray(100));
    const value = read && openEnvelope(read);
    const copy = read?.detached();

    expect(value).toEqual({ list: [{ a: 1 }], n: null });
    expect(read && openEnvelope(read)).toBe(value);
    expect(copy && openEnvelope(copy)).toBe(value);
    expect(copy?.bytes.buffer.byteLength).toBe(bytes.length);
    expect(told(copy)).toEqual(told(read));
    expect(copy?.detached()).toBe(copy);
    const { list } = value as { list: readonly object[] };
    expect([value, list, list[0]].every((part) => Object.isFrozen(part))).toBe(true);
  });
});
