import { closeInstances, type Instance, theInstances } from '../support/e2e/instances.js';
import { anId, aProduct, positionOf } from '../support/e2e/products.js';

const KEPT = /^larder; hit; detail=(near|shared)$/;
const LOADED = /^larder; (fwd=uri-miss|hit; detail=(near|shared))/;

describe('reading again', () => {
  let api: Instance;
  let id: string;
  let category: string;
  const addresses = (): string[] => [
    `/v1/products/${id}`,
    `/v1/products?ids=${id}`,
    `/v1/categories/${category}/products`,
    `/v1/inventory/${id}`,
  ];
  beforeAll(async () => {
    api = (await theInstances(import.meta.filename)).entry;
    category = anId('read');
    ({ id } = await aProduct(api, { category }));
  });
  afterAll(() => closeInstances(import.meta.filename));

  it('answers with validators, and 304 without a body to who has it', async () => {
    for (const address of addresses()) {
      const { headers } = await api.call(`GET ${address}`);
      const tag = String(headers['etag']);
      expect(tag).toMatch(/^"[\w-]{27}"$/);
      expect(headers['cache-control']).toMatch(/^public, max-age=\d+, stale-while-revalidate=\d+$/);

      for (const known of [tag, '*', `"other", W/${tag}`]) {
        const again = await api.call(`GET ${address}`, { headers: { 'if-none-match': known } });
        expect({ address, known, ...again }).toMatchObject({ status: 304, text: '' });
        expect(again.headers).toMatchObject({ etag: tag, 'cache-control': headers['cache-control'] });
        expect(again.headers['content-type']).toBeUndefined();
      }
      for (const unknown of ['"other"', '', 'malformed'])
        expect((await api.call(`GET ${address}`, { headers: { 'if-none-match': unknown } })).status).toBe(200);
    }
  });

  it('answers 304 to staff by the version', async () => {
    const headers = { 'if-none-match': '"v1"' };
    const show = api.as('merchandiser');
    expect(await show(`GET /v1/admin/products/${id}`, { headers })).toMatchObject({ status: 304, text: '' });
  });

  it('says how it was answered: not yet kept, then kept', async () => {
    const fresh = await aProduct(api, { category: anId('fresh') });
    const unknown = anId('unknown');

    const first = await api.call(`GET /v1/products/${fresh.id}`, { headers: positionOf(fresh) });
    expect(first.headers['cache-status']).toMatch(LOADED);
    for (const address of addresses()) {
      await api.call(`GET ${address}`);
      expect((await api.call(`GET ${address}`)).headers['cache-status']).toMatch(KEPT);
    }
    const miss = await api.call(`GET /v1/products?ids=${unknown}`);
    expect(miss.headers['cache-status']).toBe('larder; fwd=uri-miss; stored');
    expect((await api.call(`GET /v1/products?ids=${unknown}`)).headers['cache-status']).toMatch(KEPT);
  });

  it('names another representation once its stock has changed', async () => {
    const stool = await aProduct(api);
    const before = await api.call(`GET /v1/products/${stool.id}`, { headers: positionOf(stool) });
    const counted = await api.as('merchandiser')(`PUT /v1/admin/inventory/${stool.id}`, { body: { onHand: 9 } });

    const after = await api.call(`GET /v1/products/${stool.id}`, { headers: positionOf(counted) });

    expect(after.body).toMatchObject({ version: 1, stock: { available: 9 } });
    expect(after.headers['etag']).not.toBe(before.headers['etag']);
  });

  it('keeps what is read with a session from anyone else', async () => {
    for (const address of [...addresses(), '/v1/categories', `/v1/admin/products/${id}`, '/v1/sessions/current']) {
      const { headers } = await api.as('merchandiser')(`GET ${address}`);
      expect([address, headers['cache-control']]).toEqual([address, expect.stringMatching(/^(private|no-store)/)]);
    }
  });

  it('by HEAD answers what GET does, without a body', async () => {
    for (const address of [...addresses(), '/v1/categories', `/v1/products/${anId('none')}`, '/health/live']) {
      await api.call(`GET ${address}`);
      const get = await api.call(`GET ${address}`);
      const head = await api.call(`HEAD ${address}`);
      expect({ address, status: head.status, text: head.text }).toEqual({ address, status: get.status, text: '' });
      for (const name of ['content-type', 'etag', 'cache-control', 'content-length'])
        expect({ address, [name]: head.headers[name] }).toEqual({ address, [name]: get.headers[name] });
    }
  });
});
