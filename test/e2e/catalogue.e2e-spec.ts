import { aTestApi, type Answer, type Sent, type TestApi } from '../support/api.js';

const draft = (id: string, more: object = {}): object => ({
  id,
  sku: `sku-${id}`,
  name: `The ${id}`,
  category: 'Tische & Stühle',
  price: { amount: 1_000, currency: 'USD' },
  stock: 5,
  ...more,
});

describe('the catalogue', () => {
  let api: TestApi;
  const made = async (id: string, more: object = {}): Promise<Answer> => {
    const answer = await api.asAdmin('POST /v1/admin/products', { body: draft(id, more) });
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 201, text: answer.text });
    return answer;
  };
  beforeAll(async () => {
    api = await aTestApi(import.meta.filename);
  });
  afterAll(() => api.close());

  it('makes a product, and shows it as it was answered', async () => {
    const { headers, body } = await made('chair', { attributes: { width: 40 } });

    expect(headers).toMatchObject({ etag: '"v1"', location: '/v1/products/chair', 'cache-control': 'no-store' });
    expect(headers['larder-position']).toMatch(/\S/);
    expect(body).toMatchObject({
      id: 'chair',
      category: 'tische-stuhle',
      categories: ['tische-stuhle'],
      version: 1,
      stock: { available: 5 },
    });
    const shown = await api.call('GET /v1/products/chair');
    expect(shown).toMatchObject({ status: 200, body });
  });

  it('answers a public read with its validators, and 304 to who has it', async () => {
    await made('table');
    const first = await api.call('GET /v1/products/table');
    const again = await api.call('GET /v1/products/table');

    expect(first.headers['cache-control']).toMatch(/^public, max-age=\d+, stale-while-revalidate=\d+$/);
    expect(again.headers['cache-status']).toMatch(/^larder; hit; detail=(near|shared)$/);
    expect(again.headers['etag']).toBe(first.headers['etag']);
    for (const known of [String(first.headers['etag']), '*', `"other", W/${String(first.headers['etag'])}`]) {
      const answer = await api.call('GET /v1/products/table', { headers: { 'if-none-match': known } });
      expect(answer).toMatchObject({ status: 304, text: '' });
      expect(answer.headers).toMatchObject({
        etag: first.headers['etag'],
        'cache-control': first.headers['cache-control'],
      });
    }
    expect(await api.call('GET /v1/products/table', { headers: { 'if-none-match': '"other"' } })).toMatchObject({
      status: 200,
    });
  });

  it('names another representation once its stock has changed', async () => {
    await made('stool');
    const before = await api.call('GET /v1/products/stool');
    const counted = await api.asAdmin('PUT /v1/admin/inventory/stool', { body: { onHand: 9 } });
    const after = await api.call('GET /v1/products/stool');

    expect(counted).toMatchObject({
      status: 200,
      headers: { etag: '"v2"' },
      body: { onHand: 9, reserved: 0, available: 9, version: 2 },
    });
    expect(after.body).toMatchObject({ version: 1, stock: { available: 9 } });
    expect(after.headers['etag']).not.toBe(before.headers['etag']);
  });

  it('keeps what is read with a session from anyone else', async () => {
    await made('desk');
    for (const path of [
      '/v1/products/desk',
      '/v1/products?ids=desk',
      '/v1/categories',
      '/v1/categories/tische-stuhle/products',
      '/v1/inventory/desk',
      '/v1/admin/products/desk',
    ]) {
      const { headers } = await api.asAdmin(`GET ${path}`);
      expect(headers['cache-control']).toMatch(/^(private|no-store)/);
    }
  });

  it('answers many products in the order asked, each once, and names the missing', async () => {
    await made('a');
    await made('b');
    const { body } = await api.call('GET /v1/products?ids=b,none,a,b');
    expect(body).toMatchObject({ items: [{ id: 'b' }, { id: 'a' }], missing: ['none'] });
  });

  describe('If-Match', () => {
    const change = (sent: Sent): Promise<Answer> => api.asAdmin('PUT /v1/admin/products/lamp/price', sent);
    beforeAll(() => made('lamp'));

    it.each(['"v9"', 'W/"v1"', 'v1', '"v1', '', '"x", "v9"'])('of %p changes nothing', async (tag) => {
      const before = await api.asAdmin('GET /v1/admin/products/lamp');
      expect(await change({ body: { amount: 5, currency: 'USD' }, headers: { 'if-match': tag } })).toMatchObject({
        status: 412,
      });
      const after = await api.asAdmin('GET /v1/admin/products/lamp');
      expect(after.body).toEqual(before.body);
    });

    it('of the current version changes it, alone, in a list, or as *', async () => {
      for (const [at, tagOf] of [(tag: string) => tag, (tag: string) => `"v99", ${tag}`, () => '*'].entries()) {
        const { headers } = await api.asAdmin('GET /v1/admin/products/lamp');
        const answer = await change({
          body: { amount: 100 + at, currency: 'USD' },
          headers: { 'if-match': tagOf(String(headers['etag'])) },
        });
        expect(answer).toMatchObject({ status: 200, body: { price: { amount: 100 + at } } });
      }
    });

    it('lets one of 20 writes at once through', async () => {
      const { headers } = await api.asAdmin('GET /v1/admin/products/lamp');
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          change({ body: { amount: 1_000 + at, currency: 'EUR' }, headers: { 'if-match': String(headers['etag']) } }),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(412)]);
    });
  });

  it('shows a price change everywhere at once in the process that made it', async () => {
    await made('sofa', { category: 'Sofas' });
    await api.call('GET /v1/products/sofa');
    await api.call('GET /v1/categories/sofas/products');

    const { body } = await api.asAdmin('PUT /v1/admin/products/sofa/price', { body: { amount: 7, currency: 'USD' } });

    expect(body).toMatchObject({ version: 2, price: { amount: 7 } });
    expect((await api.call('GET /v1/products/sofa')).body).toMatchObject({ price: { amount: 7 } });
    expect((await api.call('GET /v1/categories/sofas/products')).body).toMatchObject({
      items: [{ id: 'sofa', price: { amount: 7 } }],
      total: 1,
      nextCursor: null,
    });
  });

  it('drops the category index when a product comes, moves and goes', async () => {
    const names = async (): Promise<unknown> => (await api.call('GET /v1/categories')).body?.['items'];
    await names();
    await made('rug', { category: 'Rugs' });
    expect(await names()).toContainEqual({ slug: 'rugs', name: 'Rugs', productCount: 1 });
    await api.asAdmin('PATCH /v1/admin/products/rug', { body: { category: 'Carpets' } });
    expect(await names()).toContainEqual({ slug: 'carpets', name: 'Carpets', productCount: 1 });
    expect(await api.asAdmin('DELETE /v1/admin/products/rug')).toMatchObject({ status: 204, text: '' });
    expect(await names()).not.toContainEqual(expect.objectContaining({ slug: 'carpets', productCount: 1 }));
  });

  it('removes a product, and goes on from its versions when it is made again', async () => {
    await made('vase');
    expect(await api.asAdmin('DELETE /v1/admin/products/vase', { headers: { 'if-match': '"v9"' } })).toMatchObject({
      status: 412,
    });
    expect(await api.asAdmin('DELETE /v1/admin/products/vase', { headers: { 'if-match': '"v1"' } })).toMatchObject({
      status: 204,
    });
    expect(await api.call('GET /v1/products/vase')).toMatchObject({ status: 404 });
    expect(await api.call('GET /v1/inventory/vase')).toMatchObject({ status: 404 });
    expect(await api.asAdmin('DELETE /v1/admin/products/vase')).toMatchObject({ status: 404 });
    const { body } = await made('vase');
    expect(body?.['version']).toBeGreaterThan(1);
  });

  it('sets many prices, and says which could not be set', async () => {
    await made('one');
    await made('two');
    const updates = [
      { productId: 'one', amount: 1, currency: 'USD' },
      { productId: 'two', amount: 1_000, currency: 'USD' },
      { productId: 'none', amount: 1, currency: 'USD' },
    ];
    expect(await api.asAdmin('POST /v1/admin/prices', { body: { updates } })).toMatchObject({
      status: 200,
      body: { updated: 1, unchanged: 1, failed: [{ productId: 'none', status: 404 }] },
    });
  });
});
