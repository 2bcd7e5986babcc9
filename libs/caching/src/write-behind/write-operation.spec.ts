import { folded } from './field-paths.js';
import { merged, written, type FieldChange } from './write-operation.js';

describe('changes that are merged', () => {
  it.each<[string, FieldChange, FieldChange, FieldChange]>([
    [
      'a part, then its whole',
      { set: { 'a.b': 1 }, add: { 'a.c': 2 } },
      { set: { a: { d: 3 } } },
      { set: { a: { d: 3 } } },
    ],
    ['a whole, then a part', { set: { a: { d: 3 } } }, { set: { 'a.b': 1 } }, { set: { a: { d: 3, b: 1 } } }],
    ['a whole, then more of a part', { set: { a: { b: 3 } } }, { add: { 'a.b': 2 } }, { set: { a: { b: 5 } } }],
    ['a part of a part', { set: { 'a.b': { c: 1 } } }, { set: { 'a.b.c.d': 2 } }, { set: { 'a.b': { c: { d: 2 } } } }],
    ['names that begin alike', { set: { 'a.b': 1, ab: 1 } }, { set: { a: 2 } }, { set: { ab: 1, a: 2 } }],
    ['a sum, then its field', { add: { a: 1 } }, { set: { a: 5 } }, { set: { a: 5 } }],
  ])('%s leave what their order says, and no part beside its whole', (_what, earlier, later, expected) => {
    const { set = {}, add = {} } = merged(earlier, later);
    expect(folded({ set, add })).toEqual({ set: {}, add: {}, ...expected });
  });

  it('leave the values that they were given as they were', () => {
    const given = { a: { d: 3 } };
    folded({ set: { ...given, 'a.b': 1 }, add: {} });
    expect(given).toEqual({ a: { d: 3 } });
  });
});

describe('a change', () => {
  it('sets a whole before its parts, in whatever order it names them', () => {
    const { shape, values } = written('r', { set: { 'a.b': 1, a: {} } });
    expect([shape.slice(3), values]).toEqual([
      ['=a', '=a.b'],
      ['{}', '1'],
    ]);
  });

  it.each<[string, FieldChange]>([
    ['sets a part of', { set: { 'a.b': 1 }, add: { a: 1 } }],
    ['adds to a part of', { add: { a: 1, 'a.b': 1 } }],
  ])('that %s what it adds to is refused', (_what, operation) => {
    expect(() => written('r', operation)).toThrow('is a part of a field that is added to');
  });
});
