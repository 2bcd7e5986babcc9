import { ProductSort, type Product } from '@larder/shop';
import { readCursor, writeCursor } from '../../libs/shop/src/category/page.cursor.js';
import { anImport, ShopStore, usd } from './shop.store.js';

const SLUG = 'walk';
const COUNT = 230;

const text = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const ORDERS: Record<ProductSort, (a: Product, b: Product) => number> = {
  name: (a, b) => text(a.name, b.name),
  price: (a, b) => a.price.amount - b.price.amount,
  '-price': (a, b) => b.price.amount - a.price.amount,
  '-updatedAt': (a, b) => text(b.updatedAt, a.updatedAt),
};

describe('pages of a category', () => {
  let store: ShopStore;
  let everything: Product[];

  beforeAll(async () => {
    store = await ShopStore.open(import.meta.filename);
    const products = Array.from({ length: COUNT }, (_, at) =>
      anImport(`p-${(at * 7919) % 1_000}`, {
        name: ['Äpfel', 'apples', '🍎', 'Zinc', 'ａ'][at % 5],
        price: usd(at % 3),
        category: at % 2 ? 'Walk' : 'Other',
        categories: at % 2 ? [] : ['Walk'],
      }),
    );
    for (let start = 0; start < COUNT; start += 40) await store.upserts.upsertMany(products.slice(start, start + 40));
    await store.make({ category: 'Other' });
    everything = await store.products.findByIds(products.map(({ id }) => id));
  });
  afterAll(() => store.connection.close());

  const sorted = (sort: ProductSort): string[] =>
    everything.toSorted((a, b) => ORDERS[sort](a, b) || text(a.id, b.id)).map(({ id }) => id);

  it.each(ProductSort.options)('walks by cursor through the whole listing by %s, ties by id', async (sort) => {
    const walked: string[] = [];
    const pages: number[] = [];
    let next: string | null = null;
    do {
      const start = next === null ? { page: 1 } : readCursor(next, sort);
      const page = await store.listings.findPage({ slug: SLUG, sort, perPage: 7, ...start });
      expect(page?.total).toBe(COUNT);
      walked.push(...(page?.products ?? []).map(({ id }) => id));
      pages.push(start.page);
      next = page?.next ? writeCursor(page.next, sort) : null;
    } while (next !== null);

    expect(walked).toEqual(sorted(sort));
    expect(pages).toEqual(Array.from({ length: Math.ceil(COUNT / 7) }, (_, at) => at + 1));
  });

  it.each(ProductSort.options)('finds the same pages by their number by %s', async (sort) => {
    const pages = await Promise.all(
      [1, 2, 3, 4].map((page) => store.listings.findPage({ slug: SLUG, sort, perPage: 75, page })),
    );

    expect(pages.flatMap((page) => page?.products ?? []).map(({ id }) => id)).toEqual(sorted(sort));
    expect(pages.map((page) => page?.next !== null)).toEqual([true, true, true, false]);
  });

  it('has no next page when the last one is full', async () => {
    const page = await store.listings.findPage({ slug: SLUG, sort: 'price', perPage: COUNT / 10, page: 10 });

    expect(page?.products).toHaveLength(COUNT / 10);
    expect(page?.next).toBeNull();
  });

  it('is empty past the end, and null for an unknown category', async () => {
    expect(await store.listings.findPage({ slug: SLUG, sort: 'name', perPage: 20, page: 999 })).toMatchObject({
      products: [],
      next: null,
    });
    expect(await store.listings.findPage({ slug: 'unknown', sort: 'name', perPage: 20, page: 1 })).toBeNull();
  });

  it.each(ProductSort.options)('reads no more than a page far behind by %s, however many tie', async (sort) => {
    const half = await store.listings.findPage({ slug: SLUG, sort, perPage: COUNT - 30, page: 1 });
    const { after } = half?.next ?? {};
    await store.connection.db?.command({ profile: 2 });

    await store.listings.findPage({ slug: SLUG, sort, perPage: 5, page: 2, ...(after ? { after } : {}) });

    await store.connection.db?.command({ profile: 0 });
    const query = { ns: `${store.connection.name}.products`, op: 'query' };
    const profiled = await store.connection.db?.collection('system.profile').findOne(query, { sort: { $natural: -1 } });
    expect(profiled).toMatchObject({ nreturned: 6, planSummary: expect.stringContaining('IXSCAN') as string });
    expect(profiled?.['keysExamined']).toBeLessThanOrEqual(16);
    expect(profiled?.['docsExamined']).toBeLessThanOrEqual(8);
  });
});
