import type { Answer } from '../support/api.js';
import { closeInstances, type Instance, theInstances } from '../support/e2e/instances.js';
import { anId, aProduct, positionOf } from '../support/e2e/products.js';
import { until } from '../support/until.js';

interface Item {
  readonly id: string;
  readonly name: string;
  readonly price: { readonly amount: number };
}

const INDEX_LASTS_MS = 10_000;

describe('a category', () => {
  let api: Instance;
  beforeAll(async () => {
    api = (await theInstances(import.meta.filename)).entry;
  });
  afterAll(() => closeInstances(import.meta.filename));

  const itemsOf = ({ body }: Answer): Item[] => body?.['items'] as Item[];
  const page = (slug: string, query: string, headers: Record<string, string> = {}): Promise<Answer> =>
    api.call(`GET /v1/categories/${slug}/products?${query}`, { headers });

  describe('with seven products', () => {
    const PRICES = [300, 100, 200, 200, 700, 50, 200];
    const slug = anId('seven');
    const ids: string[] = [];
    let seen: Record<string, string>;
    beforeAll(async () => {
      for (const [at, amount] of PRICES.entries()) {
        const made = await aProduct(api, {
          category: slug,
          name: `Thing ${7 - at}`,
          price: { amount, currency: 'USD' },
        });
        ids.push(made.id);
        seen = positionOf(made);
      }
    });

    it.each(['name', 'price', '-price', '-updatedAt'])(
      'is walked by %s, by number and by cursor alike',
      async (sort) => {
        const whole = itemsOf(await page(slug, `sort=${sort}&perPage=100`, seen));
        expect(whole.map(({ id }) => id).sort()).toEqual([...ids].sort());

        const numbered: string[] = [];
        const followed: string[] = [];
        let cursor = '';
        for (const number of [1, 2, 3]) {
          const byNumber = await page(slug, `sort=${sort}&perPage=3&page=${number}`, seen);
          const byCursor = await page(slug, `sort=${sort}&perPage=3${cursor}`, seen);
          for (const { body } of [byNumber, byCursor])
            expect(body).toMatchObject({ total: 7, perPage: 3, page: number });
          numbered.push(...itemsOf(byNumber).map(({ id }) => id));
          followed.push(...itemsOf(byCursor).map(({ id }) => id));
          const next = byCursor.body?.['nextCursor'];
          expect(next === null).toBe(number === 3);
          cursor = `&cursor=${String(next)}`;
        }

        expect(numbered).toEqual(whole.map(({ id }) => id));
        expect(followed).toEqual(numbered);
      },
    );

    it('is in the order asked for', async () => {
      const amounts = async (query: string): Promise<number[]> =>
        itemsOf(await page(slug, query, seen)).map(({ price }) => price.amount);
      const upwards = [...PRICES].sort((one, other) => one - other);

      expect(await amounts('sort=price')).toEqual(upwards);
      expect(await amounts('sort=-price')).toEqual([...upwards].reverse());
      expect(itemsOf(await page(slug, '', seen)).map(({ name }) => name)).toEqual(
        PRICES.map((_, at) => `Thing ${at + 1}`),
      );
      expect(itemsOf(await page(slug, 'sort=-updatedAt', seen)).map(({ id }) => id)).toEqual([...ids].reverse());
    });

    it('is empty past its end, and refuses a cursor that is none of its own', async () => {
      expect((await page(slug, 'page=9', seen)).body).toMatchObject({ items: [], total: 7, page: 9, nextCursor: null });
      const { body } = await page(slug, 'perPage=2&sort=price', seen);
      const cursor = String(body?.['nextCursor']);

      for (const query of [`sort=name&cursor=${cursor}`, 'cursor=bm90aGluZw', `sort=price&cursor=${cursor.slice(3)}`])
        expect({ query, status: (await page(slug, query)).status }).toEqual({ query, status: 400 });
    });
  });

  it('shows its products as they are after a write, to whoever sends its position', async () => {
    const category = anId('sofas');
    const { id } = await aProduct(api, { category });
    await page(category, '');

    const priced = await api.as('merchandiser')(`PUT /v1/admin/products/${id}/price`, {
      body: { amount: 7, currency: 'USD' },
    });

    expect((await page(category, '', positionOf(priced))).body).toMatchObject({
      items: [{ id, price: { amount: 7 } }],
      total: 1,
      nextCursor: null,
    });
    const moved = await api.as('merchandiser')(`PATCH /v1/admin/products/${id}`, { body: { category: anId('beds') } });
    expect(await page(category, '', positionOf(moved))).toMatchObject({ status: 200, body: { items: [], total: 0 } });
  });

  it('comes into the index with its first product and is counted there', async () => {
    const [rugs, carpets] = [anId('rugs'), anId('carpets')];
    const counted = async (slug: string): Promise<unknown> => {
      const { body } = await api.call('GET /v1/categories');
      const items = body?.['items'] as { slug: string; productCount: number }[];
      return items.find((item) => item.slug === slug)?.productCount ?? 0;
    };
    const becomes = (slug: string, count: number): Promise<void> =>
      until(async () => (await counted(slug)) === count, { withinMs: INDEX_LASTS_MS });
    await counted(rugs);

    const { id } = await aProduct(api, { category: rugs });
    await becomes(rugs, 1);
    await api.as('merchandiser')(`PATCH /v1/admin/products/${id}`, { body: { category: carpets } });
    await becomes(carpets, 1);
    await api.as('merchandiser')(`DELETE /v1/admin/products/${id}`);
    await becomes(carpets, 0);
  });

  it('is a 404 when nobody has ever named it', async () => {
    expect(await page(anId('never'), '')).toMatchObject({ status: 404 });
  });
});
