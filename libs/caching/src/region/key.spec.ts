import fc from 'fast-check';
import { ENCODED_KEY, encodeKey, type Key } from './key.js';

const aPart = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 200 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
);
const aKey = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.array(aPart, { maxLength: 5 }));

describe('an encoded key', () => {
  it('is of the form that is told to others, whatever the key', () => {
    fc.assert(fc.property(aKey, (key) => ENCODED_KEY.test(encodeKey(key))));
  });

  it.each([
    ['a', 'a'],
    [['sofas', 20], ':sofas:#20:'],
    [['a b', ''], ':a%20b::'],
    [[1e21, -0.5, 5e-324], ':#1e+21:#-0.5:#5e-324:'],
    [[], ':'],
  ])('of %j is %s', (key, encoded) => {
    expect(encodeKey(key)).toBe(encoded);
    expect(encoded).toMatch(ENCODED_KEY);
  });

  it.each(['a b', 'a:b', ':a', 'a:', 'a%2', 'a%2F', '#', '#x', '#1.', '~short', 'a#1', 'é', 'a\n', '*', 'a/b'])(
    'is never %j',
    (text) => {
      expect(text).not.toMatch(ENCODED_KEY);
    },
  );
});

/** Keys that are easily taken for one another: few signs, all of which mean something to an encoder. */
const aNearKey = (() => {
  const text = fc.string({
    unit: fc.constantFrom(':', '%', '#', '~', '.', '-', ' ', '1', '2', 'a', 'é', '\ud800'),
    maxLength: 6,
  });
  const long = fc.integer({ min: 126, max: 131 }).map((length) => 'a'.repeat(length));
  const part = fc.oneof(
    { weight: 8, arbitrary: text },
    { weight: 1, arbitrary: long },
    fc.integer({ min: -2, max: 12 }),
  );
  return fc.oneof(text, long, fc.array(part, { maxLength: 3 }));
})();

const sameKey = (key: Key): string => JSON.stringify(typeof key === 'string' ? key : key.map((part) => part));

/** Two different keys among so many that are encoded alike, if there are any. */
const collisionIn = (keys: readonly Key[], encode: (key: Key) => string): [Key, Key] | undefined => {
  const seen = new Map<string, Key>();
  for (const key of keys) {
    const encoded = encode(key);
    const other = seen.get(encoded);
    if (other !== undefined && sameKey(other) !== sameKey(key)) return [other, key];
    seen.set(encoded, key);
  }
  return undefined;
};

describe('of 100,000 keys, each with every other', () => {
  const keys = fc.sample(aNearKey, 100_000);

  it('no two different ones are encoded alike', () => {
    expect(new Set(keys.map(sameKey)).size).toBeGreaterThan(20_000);
    expect(collisionIn(keys, encodeKey)).toBeUndefined();
  });

  it.each<[string, (key: Key) => string]>([
    ['joined unescaped', (key) => (typeof key === 'string' ? key : key.join(':'))],
    ['without a sign for numbers', (key) => encodeKey(typeof key === 'string' ? key : key.map(String))],
  ])('some would be, %s', (_how, encode) => {
    expect(collisionIn(keys, encode)).toBeDefined();
  });
});
