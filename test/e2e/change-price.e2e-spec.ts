import type { Answer, Sent } from '../support/api.js';
import { closeInstances, type Instances, theInstances } from '../support/e2e/instances.js';
import { anId, aProduct, positionOf } from '../support/e2e/products.js';
import { until } from '../support/until.js';

const BOUND_MS = 250;

describe('changing a price', () => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await theInstances(import.meta.filename);
  });
  afterAll(() => closeInstances(import.meta.filename));

  const setPrice = (id: string, amount: number, headers: Sent['headers'] = {}): Promise<Answer> =>
    instances.first.as('admin')(`PUT /v1/admin/products/${id}/price`, { body: { amount, currency: 'USD' }, headers });
  const shown = (id: string, headers: Sent['headers'] = {}): Promise<Answer> =>
    instances.second.call(`GET /v1/products/${id}`, { headers });
  const amountOf = ({ body }: Answer): number => (body?.['price'] as { amount: number }).amount;
  const kept = async (id: string): Promise<void> => {
    for (const instance of [instances.first, instances.second, instances.entry])
      for (let time = 0; time < 3; time += 1) await instance.call(`GET /v1/products/${id}`);
  };

  describe('at one instance', () => {
    it('is seen by the next read through the other when it sends Larder-Position', async () => {
      const { id } = await aProduct(instances.first);
      for (let amount = 1; amount <= 20; amount += 1) {
        await kept(id);
        const changed = await setPrice(id, amount);
        expect(changed).toMatchObject({ status: 200, body: { price: { amount } } });
        expect(amountOf(await shown(id, positionOf(changed)))).toBe(amount);
      }
    });

    it(`is seen through the other within ${BOUND_MS} ms without it`, async () => {
      const { id } = await aProduct(instances.first);
      for (let amount = 1; amount <= 5; amount += 1) {
        await kept(id);
        await setPrice(id, amount);
        await until(async () => amountOf(await shown(id)) === amount, { withinMs: BOUND_MS });
      }
    });

    it('is seen in every list of the other that shows the product', async () => {
      const category = anId('sofas');
      const { id } = await aProduct(instances.first, { category });
      await kept(id);
      const lists = [`/v1/products?ids=${id}`, `/v1/categories/${category}/products?sort=price`];
      for (const list of lists) await instances.second.call(`GET ${list}`);

      const headers = positionOf(await setPrice(id, 7));

      for (const list of lists)
        expect((await instances.second.call(`GET ${list}`, { headers })).body).toMatchObject({
          items: [{ id, price: { amount: 7 } }],
        });
    });

    it('is not held up by a position that is unknown or malformed', async () => {
      const { id } = await aProduct(instances.first);
      for (const position of ['', 'x', '9-9', 'a'.repeat(2_000), '{}', '18446744073709551615-1'])
        expect(await shown(id, { 'larder-position': position })).toMatchObject({ status: 200, body: { id } });
    });
  });

  describe('with If-Match', () => {
    it.each(['"v9"', 'W/"v1"', 'v1', '"v1', '', '"x", "v9"'])('of %p changes nothing', async (tag) => {
      const { id, body } = await aProduct(instances.first);
      expect(await setPrice(id, 5, { 'if-match': tag })).toMatchObject({ status: 412 });
      const after = await instances.first.as('merchandiser')(`GET /v1/admin/products/${id}`);
      expect(after.body).toEqual({ ...body, views: 0 });
    });

    it('of the current version changes it, alone, in a list, or as *', async () => {
      const { id } = await aProduct(instances.first);
      const taken = [
        await setPrice(id, 101, { 'if-match': '"v1"' }),
        await setPrice(id, 102, { 'if-match': '"v99", "v2"' }),
        await setPrice(id, 103, { 'if-match': '*' }),
      ];
      expect(taken.map(({ status, headers }) => [status, headers['etag']])).toEqual([
        [200, '"v2"'],
        [200, '"v3"'],
        [200, '"v4"'],
      ]);
    });

    it('lets exactly one of 100 writes at once through', async () => {
      const { id } = await aProduct(instances.first);
      const turns = [instances.first, instances.second, instances.entry];
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, at) =>
          (turns[at % turns.length] ?? instances.entry).as('admin')(`PUT /v1/admin/products/${id}/price`, {
            body: { amount: 2_000 + at, currency: 'EUR' },
            headers: { 'if-match': '"v1"' },
          }),
        ),
      );

      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(99).fill(412)]);
      const [won] = answers.filter(({ status }) => status === 200);
      const truth = await instances.first.as('merchandiser')(`GET /v1/admin/products/${id}`);
      expect(truth.body).toMatchObject({ version: 2, price: won?.body?.['price'] });
    });
  });

  it('to what it already is changes no version', async () => {
    const { id } = await aProduct(instances.first);
    expect(await setPrice(id, 1_000)).toMatchObject({ status: 200, headers: { etag: '"v1"' } });
  });

  it('of many products says which could not be changed, and changes the others everywhere', async () => {
    const [one, two, three, none] = [
      await aProduct(instances.first),
      await aProduct(instances.first),
      await aProduct(instances.first),
      anId('none'),
    ];
    for (const { id } of [one, two, three]) await kept(id);
    const updates = [
      { productId: one.id, amount: 1, currency: 'USD' },
      { productId: two.id, amount: 1_000, currency: 'USD' },
      { productId: three.id, amount: 3, currency: 'USD', version: 9 },
      { productId: none, amount: 1, currency: 'USD' },
    ];

    const answer = await instances.first.as('merchandiser')('POST /v1/admin/prices', { body: { updates } });

    expect(answer).toMatchObject({ status: 200, body: { updated: 1, unchanged: 1 } });
    const failed = answer.body?.['failed'] as { productId: string; status: number }[];
    expect(new Map(failed.map(({ productId, status }) => [productId, status]))).toEqual(
      new Map([
        [three.id, 412],
        [none, 404],
      ]),
    );
    expect(amountOf(await shown(one.id, positionOf(answer)))).toBe(1);
    expect(amountOf(await shown(three.id, positionOf(answer)))).toBe(1_000);
  });

  it('of a product that is not there is a 404', async () => {
    expect(await setPrice(anId('none'), 1)).toMatchObject({ status: 404 });
  });
});
