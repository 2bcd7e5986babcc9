import type { Answer } from '../support/api.js';
import { closeInstances, type Instance, type Instances, theInstances } from '../support/e2e/instances.js';
import { aDraft, anId, aProduct } from '../support/e2e/products.js';

describe('a product', () => {
  let instances: Instances;
  let api: Instance;
  beforeAll(async () => {
    instances = await theInstances(import.meta.filename);
    api = instances.entry;
  });
  afterAll(() => closeInstances(import.meta.filename));

  it('is shown as it was answered when it was made', async () => {
    const category = anId('Tische & Stühle');
    const made = await aProduct(api, { category, categories: ['Sale!', category], attributes: { width: 40 } });

    expect(made.headers).toMatchObject({
      etag: '"v1"',
      location: `/v1/products/${made.id}`,
      'cache-control': 'no-store',
    });
    expect(made.headers['larder-position']).toMatch(/\S/);
    const slug = category.toLowerCase().replace('tische & stühle', 'tische-stuhle');
    expect(made.body).toMatchObject({
      id: made.id,
      category: slug,
      categories: [slug, 'sale'],
      attributes: { width: 40 },
      version: 1,
      stock: { available: 5 },
    });
    expect(await api.call(`GET /v1/products/${made.id}`)).toMatchObject({ status: 200, body: made.body });
    expect(await api.as('merchandiser')(`GET /v1/admin/products/${made.id}`)).toMatchObject({
      status: 200,
      headers: { etag: '"v1"' },
      body: { ...made.body, views: 0 },
    });
  });

  it('gets an id of its own when none is given', async () => {
    const draft = aDraft({ id: undefined });
    const made = await api.as('merchandiser')('POST /v1/admin/products', { body: draft });

    expect(made.status).toBe(201);
    expect(made.headers['location']).toBe(`/v1/products/${String(made.body?.['id'])}`);
    expect(await api.call(`GET ${String(made.headers['location'])}`)).toMatchObject({ status: 200, body: made.body });
  });

  it('is refused beside another with its id or its sku', async () => {
    const one = await aProduct(api);
    const other = await aProduct(api);
    const make = api.as('merchandiser');

    expect(await make('POST /v1/admin/products', { body: aDraft({ id: one.id }) })).toMatchObject({ status: 409 });
    const sku = one.body?.['sku'];
    expect(await make('POST /v1/admin/products', { body: aDraft({ sku }) })).toMatchObject({ status: 409 });
    expect(await make(`PATCH /v1/admin/products/${other.id}`, { body: { sku } })).toMatchObject({ status: 409 });
    expect(await api.as('merchandiser')(`GET /v1/admin/products/${other.id}`)).toMatchObject({
      body: { version: 1, sku: other.body?.['sku'] },
    });
  });

  it('is changed in the fields that are given, each as a whole', async () => {
    const { id, body } = await aProduct(api, { attributes: { width: 40, legs: 4 } });
    const patch = { name: 'Another', attributes: { depth: 2 }, thumbnail: 'https://example.com/a.png' };

    const changed = await api.as('merchandiser')(`PATCH /v1/admin/products/${id}`, { body: patch });

    expect(changed).toMatchObject({ status: 200, headers: { etag: '"v2"' }, body: { ...patch, sku: body?.['sku'] } });
    expect(changed.body?.['attributes']).toEqual({ depth: 2 });
    const position = String(changed.headers['larder-position']);
    expect(await api.call(`GET /v1/products/${id}`, { headers: { 'larder-position': position } })).toMatchObject({
      body: changed.body,
    });
  });

  it('is changed by who names its version, and by nobody else', async () => {
    const { id } = await aProduct(api);
    const rename = (tag: string): Promise<Answer> =>
      api.as('merchandiser')(`PATCH /v1/admin/products/${id}`, { body: { name: 'New' }, headers: { 'if-match': tag } });

    for (const tag of ['"v2"', 'W/"v1"', 'v1']) expect(await rename(tag)).toMatchObject({ status: 412 });
    expect(await rename('"v1"')).toMatchObject({ status: 200, headers: { etag: '"v2"' }, body: { name: 'New' } });
    const absent = `PATCH /v1/admin/products/${anId('none')}`;
    expect(await api.as('merchandiser')(absent, { body: { name: 'New' } })).toMatchObject({ status: 404 });
  });

  it('takes every bound of its fields, and nothing past them', async () => {
    const full = {
      name: 'n'.repeat(300),
      description: 'd'.repeat(10_000),
      price: { amount: 1_000_000_000_000, currency: 'JPY' },
      stock: 1_000_000_000,
    };
    const { body } = await aProduct(api, full);
    expect(body).toMatchObject({ name: full.name, description: full.description, price: full.price });
    expect(body).toMatchObject({ stock: { available: full.stock } });
    await aProduct(api, { price: { amount: 0, currency: 'USD' }, stock: 0 });

    for (const past of [
      { name: '' },
      { name: 'n'.repeat(301) },
      { name: 'n'.repeat(10_240) },
      { name: 'two\nlines' },
      { description: 'd'.repeat(10_001) },
      { price: { amount: 1_000_000_000_001, currency: 'JPY' } },
      { stock: 1_000_000_001 },
      { stock: -1 },
      { stock: 0.5 },
      { categories: Array.from({ length: 21 }, (_, at) => `c${at}`) },
      { category: '!!!' },
      { thumbnail: 'javascript:alert(1)' },
      { attributes: { nested: {} } },
      { id: 'a b' },
      { id: {} },
      { views: 1 },
    ]) {
      const { status } = await api.as('merchandiser')('POST /v1/admin/products', { body: aDraft(past) });
      expect({ past, status }).toEqual({ past, status: 400 });
    }
  });

  it('is answered with others in the order asked, each once, and the missing are named', async () => {
    const [one, two, none] = [await aProduct(api), await aProduct(api), anId('none')];

    const { body } = await api.call(`GET /v1/products?ids=${[two.id, none, one.id, two.id, none].join()}`);

    expect(body).toMatchObject({ items: [{ id: two.id }, { id: one.id }], missing: [none] });
    expect(body?.['items']).toHaveLength(2);
  });

  it('is gone once it is removed, and goes on from its versions when it is made again', async () => {
    const { id, body } = await aProduct(api);
    const remove = (tag?: string): Promise<Answer> =>
      api.as('merchandiser')(`DELETE /v1/admin/products/${id}`, { headers: tag ? { 'if-match': tag } : {} });

    expect(await remove('"v9"')).toMatchObject({ status: 412 });
    expect(await api.call(`GET /v1/products/${id}`)).toMatchObject({ status: 200 });
    const removed = await api.as('merchandiser')(`DELETE /v1/admin/products/${id}`, {
      headers: { 'if-match': '"v1"' },
    });
    expect(removed).toMatchObject({ status: 204, text: '' });

    const headers = { 'larder-position': String(removed.headers['larder-position']) };
    expect(await api.call(`GET /v1/products/${id}`, { headers })).toMatchObject({ status: 404 });
    expect(await api.call(`GET /v1/inventory/${id}`, { headers })).toMatchObject({ status: 404 });
    expect(await api.call(`GET /v1/products?ids=${id}`, { headers })).toMatchObject({
      body: { items: [], missing: [id] },
    });
    expect(await api.as('merchandiser')(`GET /v1/admin/products/${id}`)).toMatchObject({ status: 404 });
    expect(await remove()).toMatchObject({ status: 404 });
    const again = await aProduct(api, { id, sku: body?.['sku'] });
    expect(again.body?.['version']).toBeGreaterThan(1);
  });
});
