import { canonicalJson, decodeBatch, encodeBatch } from './access-batch.js';

describe('a batch of reads', () => {
  it('is what it was when it arrives', () => {
    const batch = { misses: 3, accesses: [{ key: '{"id":"a"}', visitor: 'v', at: 5 }] };
    expect(decodeBatch(encodeBatch(batch))).toEqual(batch);
  });

  it.each([
    ['no JSON', '['],
    ['no list', '{"misses":1}'],
    ['nothing', '[]'],
    ['a negative count', '[-1]'],
    ['a key of another type', '[0,[5,"v",5]]'],
    ['a time that is none', '[0,["a","v",null]]'],
    ['an oversized key', `[0,["${'k'.repeat(513)}","v",5]]`],
    ['an oversized visitor', `[0,["a","${'v'.repeat(129)}",5]]`],
    ['a part of a read', '[0,["a","v"]]'],
  ])('that holds %s is none', (_what, text) => {
    expect(decodeBatch(text)).toBeUndefined();
  });
});

describe('canonical JSON', () => {
  it('is the same whatever the order of the fields', () => {
    expect(canonicalJson({ b: [2, { d: 1, c: 2 }], a: 1 })).toBe('{"a":1,"b":[2,{"c":2,"d":1}]}');
  });
});
