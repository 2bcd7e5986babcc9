import fc from 'fast-check';
import { CategoryName, CategorySlug, slugOf } from './category.js';
import { CategoryCounts } from './category-counts.js';

describe('the slug of a category', () => {
  it.each([
    ['Bar furniture', 'bar-furniture'],
    ['  Café & Bar!  ', 'cafe-bar'],
    ['ÅNGSTRÖM', 'angstrom'],
    ['Sofas, armchairs / 2 seats', 'sofas-armchairs-2-seats'],
    ['ﬁne ²', 'fine-2'],
    ['İstanbul', 'istanbul'],
    ['أثاث المنزل', 'اثاث-المنزل'],
    ['sofas-armchairs', 'sofas-armchairs'],
    ['--a__b--', 'a-b'],
    ['!?', ''],
  ])('of %p is %p', (name, slug) => expect(slugOf(name)).toBe(slug));

  it('is its own slug, and one that addresses take', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
        const slug = slugOf(name);
        expect(slugOf(slug)).toBe(slug);
        if (CategoryName.safeParse(name).success) expect(CategorySlug.safeParse(slug).success).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['', '-a', 'a-', 'a--b', 'a b', 'a*', 'a\n', 'a'.repeat(129)])('is not %p', (text) =>
    expect(CategorySlug.safeParse(text).success).toBe(false),
  );

  it.each(['', '   ', '!!!', 'a\u0000', 'a'.repeat(101), 'ﷺ'.repeat(50)])('cannot be derived from %p', (name) =>
    expect(CategoryName.safeParse(name).success).toBe(false),
  );
});

describe('counts of categories', () => {
  it('leave out what neither gains nor loses, and keep the first name of a slug', () => {
    const counts = new CategoryCounts().moved(['a', 'b'], ['B', 'Café', 'cafe']).moved([], ['CAFE']);

    expect(counts.entries()).toEqual([
      { slug: 'a', name: 'a', by: -1 },
      { slug: 'cafe', name: 'Café', by: 2 },
    ]);
  });
});
