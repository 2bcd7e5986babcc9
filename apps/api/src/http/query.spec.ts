import { z } from 'zod';
import { idList, integerText, PAGING } from './query.js';

describe('numbers in a query', () => {
  const page = integerText(1, 100);

  it.each(['1', '42', '100'])('takes %p', (text) => {
    expect(page.parse(text)).toBe(Number(text));
  });

  it.each([
    '0',
    '101',
    '-1',
    '-0',
    '+1',
    '1.0',
    '1e2',
    '0x10',
    '',
    ' 1',
    '1 ',
    '01',
    'NaN',
    'Infinity',
    '1e20',
    '٣',
    true,
    1,
    null,
    ['1', '2'],
  ])('refuses %p', (given) => {
    expect(page.safeParse(given).success).toBe(false);
  });

  it('pages from 1 by 20 when nothing is said', () => {
    expect(z.strictObject(PAGING).parse({})).toEqual({ page: 1, perPage: 20 });
  });
});

describe('a list of ids', () => {
  const ids = idList(z.string().regex(/^[a-z0-9]+$/));

  it('keeps their order, and a repeated one at its first place', () => {
    expect(ids.parse('b,a,b,c,a')).toEqual(['b', 'a', 'c']);
  });

  it.each(['', 'a,', ',a', 'a,,b', 'A', 'a, b'])('refuses %p', (text) => {
    expect(ids.safeParse(text).success).toBe(false);
  });

  it('holds 100 different ids and no more', () => {
    const many = Array.from({ length: 101 }, (_, at) => `p${at}`);
    expect(ids.safeParse(many.slice(1).join()).success).toBe(true);
    expect(ids.safeParse(many.join()).success).toBe(false);
  });
});
