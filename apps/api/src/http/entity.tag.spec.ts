import { namesRepresentation, parseEntityTags, versionTag } from './entity.tag.js';

describe('entity tags', () => {
  it('reads a list with weak tags, commas inside tags and spaces around them', () => {
    expect(parseEntityTags(' "a" , W/"b,c","" ')).toEqual([
      { weak: false, opaque: 'a' },
      { weak: true, opaque: 'b,c' },
      { weak: false, opaque: '' },
    ]);
    expect(parseEntityTags(' * ')).toBe('*');
  });

  it.each(['', 'v1', '"v1', "'v1'", 'w/"v1"', '"a" "b"', '"a", b', '"a b"', '*, "a"'])(
    'takes %p for malformed',
    (header) => {
      expect(parseEntityTags(header)).toBeUndefined();
    },
  );

  it.each([
    ['"x"', true],
    ['W/"x"', true],
    ['"y", W/"x"', true],
    ['*', true],
    ['"y"', false],
    ['x', false],
    [undefined, false],
  ])('compares If-None-Match %p weakly: %p', (header, isNamed) => {
    expect(namesRepresentation(header, '"x"')).toBe(isNamed);
  });

  it('writes a version as a strong tag', () => {
    expect(versionTag(7)).toBe('"v7"');
  });
});
