import fc from 'fast-check';
import { ENCODED_KEY, encodeKey } from './key.js';

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
