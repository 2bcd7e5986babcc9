import fc from 'fast-check';
import { CursorInvalidError } from './category.errors.js';
import { readCursor, writeCursor } from './page.cursor.js';
import { ProductSort } from './product-sort.js';

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it('is read as the place it was written for', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);
    const place = fc.record({
      page: fc.integer({ min: 2, max: 10_000_000 }),
      after: fc.record({ key: fc.string(), id }),
    });
    fc.assert(fc.property(place, (given) => expect(readCursor(writeCursor(given, 'name'), 'name')).toEqual(given)));
  });

  it.each(ProductSort.options)('of the order %s is refused by every other', (sort) => {
    const cursor = writeCursor({ page: 2, after: { key: sort === 'name' ? 'a' : 5, id: 'a' } }, sort);

    for (const other of ProductSort.options.filter((option) => option !== sort)) {
      expect(() => readCursor(cursor, other)).toThrow(CursorInvalidError);
    }
  });

  it.each([
    'no base64!',
    'bm9uc2Vuc2U',
    encoded(null),
    encoded({}),
    encoded(['name', 2, 'a']),
    encoded(['name', 2, 5, 'a']),
    encoded(['name', 1, 'a', 'a']),
    encoded(['name', 2, { $gt: '' }, 'a']),
    encoded(['name', 2, 'a', { $gt: '' }]),
    encoded(['name', 2, 'a', '*']),
    encoded(['name', 2, 'a', 'a', 'more']),
  ])('is not %p', (cursor) => expect(() => readCursor(cursor, 'name')).toThrow(CursorInvalidError));
});
