import type { Answer } from '../support/api.js';
import { closeInstances, type Instance, type Instances, theInstances } from '../support/e2e/instances.js';
import { expectFaultAt, expectProblem } from '../support/e2e/problem.js';
import { anId, aProduct, positionOf } from '../support/e2e/products.js';

describe('what is related to a product', () => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await theInstances(import.meta.filename);
  });
  afterAll(() => closeInstances(import.meta.filename));

  const relatedTo = (id: string, query = '', headers = {}, at: Instance = instances.first): Promise<Answer> =>
    at.call(`GET /v1/products/${id}/related${query}`, { headers });
  const idsOf = ({ body }: Answer): string[] => (body?.['items'] as { id: string }[]).map(({ id }) => id);
  /** Products of a category of their own, in the order of their names. */
  const aShelf = async (count: number): Promise<{ category: string; ids: string[]; last: Answer }> => {
    const category = anId('shelf');
    const ids: string[] = [];
    let last: Answer | undefined;
    for (let at = 0; at < count; at += 1) {
      last = await aProduct(instances.first, { category, name: `Chair ${String(at)}`, stock: at });
      ids.push(String(last.body?.['id']));
    }
    return { category, ids, last: last as Answer };
  };

  it('is the rest of its category from its own place on, each as it is elsewhere', async () => {
    const { ids, last } = await aShelf(4);
    const [first = '', second = '', third = '', fourth = ''] = ids;

    const answer = await relatedTo(second, '', positionOf(last));

    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      etag: expect.stringMatching(/^"/) as unknown,
      'cache-control': expect.stringContaining('public') as unknown,
      'cache-status': expect.stringMatching(/^larder; /) as unknown,
    });
    expect(idsOf(answer)).toEqual([third, fourth, first]);
    const alone = await instances.first.call(`GET /v1/products/${third}`);
    expect((answer.body?.['items'] as unknown[])[0]).toEqual(alone.body);
    expect(idsOf(await relatedTo(fourth, '?limit=2', positionOf(last)))).toEqual([first, second]);
  });

  it('is nothing where it is alone', async () => {
    const { ids, last } = await aShelf(1);
    expect((await relatedTo(ids[0] ?? '', '', positionOf(last))).body).toEqual({ items: [] });
  });

  it('has the stock of this moment and none that is gone, on every instance', async () => {
    const { ids, last } = await aShelf(3);
    const [first = '', second = '', third = ''] = ids;
    expect(idsOf(await relatedTo(first, '', positionOf(last), instances.second))).toEqual([second, third]);

    const counted = await instances.first.as('merchandiser')(`PUT /v1/admin/inventory/${second}`, {
      body: { onHand: 77 },
    });
    const stocked = await relatedTo(first, '', positionOf(counted), instances.second);
    const removed = await instances.first.as('merchandiser')(`DELETE /v1/admin/products/${third}`);

    expect((stocked.body?.['items'] as object[])[0]).toMatchObject({ id: second, stock: { available: 77 } });
    expect(idsOf(await relatedTo(first, '', positionOf(removed), instances.second))).toEqual([second]);
  });

  it('follows the product into another category', async () => {
    const [old, other] = [await aShelf(2), await aShelf(2)];
    const moved = old.ids[0] ?? '';
    expect(idsOf(await relatedTo(moved, '', positionOf(other.last), instances.second))).toEqual([old.ids[1]]);

    const change = await instances.first.as('merchandiser')(`PATCH /v1/admin/products/${moved}`, {
      body: { category: other.category, categories: [other.category] },
    });

    expect(change.status).toBe(200);
    const after = idsOf(await relatedTo(moved, '', positionOf(change), instances.second));
    expect(after.sort()).toEqual([...other.ids].sort());
  });

  it('is known again to one who has it', async () => {
    const { ids, last } = await aShelf(2);
    const { headers } = await relatedTo(ids[0] ?? '', '', positionOf(last));
    const again = await relatedTo(ids[0] ?? '', '', { 'if-none-match': String(headers['etag']) });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  it('is a 404 for a product that is unknown, also once it is gone', async () => {
    expectProblem(await relatedTo(anId('none')), 404);
    const { ids } = await aShelf(1);
    const removed = await instances.first.as('merchandiser')(`DELETE /v1/admin/products/${ids[0] ?? ''}`);
    expectProblem(await relatedTo(ids[0] ?? '', '', positionOf(removed), instances.second), 404);
  });

  it.each(['limit=0', 'limit=21', 'limit=-1', 'limit=1e1', 'limit=', 'limit=five', 'limit=5&limit=6'])(
    'is a 400 for ?%s',
    async (query) => {
      const answer = await relatedTo(anId('none'), `?${query}`);
      expectProblem(answer, 400);
      expectFaultAt(answer, 'limit');
    },
  );

  it('takes no other parameter, and no id that is none', async () => {
    expectProblem(await relatedTo(anId('none'), '?page=2'), 400);
    expectProblem(await relatedTo('a%20b'), 400);
  });
});
