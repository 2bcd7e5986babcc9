import { aTestApi, type Answer, type TestApi } from '../support/api.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const LEAKS = /\bat .*:\d+:\d+|node_modules|mongo|redis|Mongoose|fastify/i;

const isProblem = ({ status, headers, body, text }: Answer, expected: number): void => {
  expect({ status, text }).toEqual({ status: expected, text });
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({
    status: expected,
    type: expect.any(String) as unknown,
    title: expect.any(String) as unknown,
    detail: expect.any(String) as unknown,
  });
  expect(body?.['instance']).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
  expect(headers['cache-control']).toBe('no-store');
  expect(text).not.toMatch(LEAKS);
};

describe('the conventions of every route', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await aTestApi(import.meta.filename);
  });
  afterAll(() => api.close());

  describe('addresses', () => {
    it.each([
      ['an unknown path', 'GET /v1/nowhere', 404],
      ['a path with a slash too many', 'GET /v1/products/', 404],
      ['an id with a character that no id has', 'GET /v1/products/a%20b', 400],
      ['an id that looks like a pattern', 'GET /v1/products/*', 400],
      ['an id with a line break', 'GET /v1/products/a%0d%0ab', 400],
      ['an id that climbs', 'GET /v1/products/..%2fadmin', 400],
      ['an id of 65 characters', `GET /v1/products/${'a'.repeat(65)}`, 400],
      ['an id of 8,000 characters', `GET /v1/products/${'a'.repeat(8_000)}`, 400],
      ['a URL of 8 KiB', `GET /v1/products/${'a'.repeat(8_192 - '/v1/products/'.length)}`, 414],
      ['an unknown URL of 9 KiB', `GET /${'a'.repeat(9_216)}`, 414],
      ['a broken escape', 'GET /v1/products/%zz', 400],
      ['an unknown product', 'GET /v1/products/nothing', 404],
      ['an unknown category', 'GET /v1/categories/nothing/products', 404],
      ['a page of no docs', 'GET /docs/constructor', 404],
    ])('%s is a problem', async (_what, line, status) => {
      isProblem(await api.call(line), status);
    });

    it.each([
      ['POST /v1/products/a', 'GET, HEAD'],
      ['DELETE /v1/categories', 'GET, HEAD'],
      ['PUT /v1/admin/products/a', 'DELETE, GET, HEAD, PATCH'],
      ['GET /v1/admin/prices', 'POST'],
      ['OPTIONS /v1/products', 'GET, HEAD'],
    ])('%s is refused with 405, and told %s', async (line, allow) => {
      const answer = await api.call(line, { body: 'no JSON', headers: { 'content-type': 'text/plain' } });
      isProblem(answer, 405);
      expect(answer.headers['allow']).toBe(allow);
    });
  });

  describe('queries', () => {
    it.each([
      ['GET /v1/products', 'ids'],
      ['GET /v1/products?ids=', 'ids.0'],
      ['GET /v1/products?ids=a&ids=b', 'ids'],
      ['GET /v1/products?ids=a&extra=1', ''],
      ['GET /v1/products?ids=a&__proto__=1', ''],
      [`GET /v1/products?ids=${Array.from({ length: 101 }, (_, at) => `p${at}`).join()}`, 'ids'],
      ['GET /v1/categories/a/products?page=0', 'page'],
      ['GET /v1/categories/a/products?page=0x10', 'page'],
      ['GET /v1/categories/a/products?page=1e20', 'page'],
      ['GET /v1/categories/a/products?page=1&page=2', 'page'],
      ['GET /v1/categories/a/products?page[$gt]=1', ''],
      ['GET /v1/categories/a/products?perPage=101', 'perPage'],
      ['GET /v1/categories/a/products?perPage=-1', 'perPage'],
      ['GET /v1/categories/a/products?sort=stock', 'sort'],
      ['GET /v1/categories/a/products?cursor=%24', 'cursor'],
    ])('%s is a 400 that names %p', async (line, path) => {
      const answer = await api.call(line);
      isProblem(answer, 400);
      expect(answer.body?.['errors']).toContainEqual({ path, message: expect.any(String) as unknown });
    });
  });

  describe('bodies', () => {
    it.each([
      ['malformed JSON', '{"amount":', 400],
      ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400],
      ['a byte order mark', '\ufeff{}', 400],
      ['a __proto__ key', '{"amount":1,"currency":"USD","__proto__":{"x":1}}', 400],
      ['a constructor key', '{"amount":1,"currency":"USD","constructor":{}}', 400],
      ['5,000 levels', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 400],
      ['nothing', '', 400],
      ['more than 1 MiB', `"${'x'.repeat(1_048_577)}"`, 413],
    ])('%s is refused', async (_what, body, status) => {
      isProblem(await api.asAdmin('PUT /v1/admin/products/a/price', { body, headers: JSON_TYPE }), status);
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
      'application/json; charset=latin1',
    ])('%p is refused with 415', async (type) => {
      isProblem(
        await api.asAdmin('PUT /v1/admin/products/a/price', { body: '{}', headers: { 'content-type': type } }),
        415,
      );
    });

    it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
      '%p is taken',
      async (type) => {
        const body = JSON.stringify({ amount: 1, currency: 'USD' });
        isProblem(
          await api.asAdmin('PUT /v1/admin/products/nothing/price', { body, headers: { 'content-type': type } }),
          404,
        );
      },
    );

    it('is refused compressed', async () => {
      const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' };
      isProblem(await api.asAdmin('PUT /v1/admin/products/a/price', { body: '{}', headers }), 415);
    });

    it.each([
      [{ amount: -1, currency: 'USD' }, 'amount'],
      [{ amount: 1.5, currency: 'USD' }, 'amount'],
      [{ amount: '1', currency: 'USD' }, 'amount'],
      [{ amount: true, currency: 'USD' }, 'amount'],
      [{ amount: [1], currency: 'USD' }, 'amount'],
      [{ amount: 2 ** 53, currency: 'USD' }, 'amount'],
      [{ amount: { $ne: 1 }, currency: 'USD' }, 'amount'],
      [{ amount: 1, currency: { $gt: '' } }, 'currency'],
      [{ amount: 1, currency: 'USD', version: 9 }, ''],
      [{ amount: 1, currency: 'USD', $where: '1' }, ''],
      [[1], ''],
    ])('%j is a 400 that names %p', async (body, path) => {
      const answer = await api.asAdmin('PUT /v1/admin/products/a/price', { body });
      isProblem(answer, 400);
      expect(answer.body?.['errors']).toContainEqual({ path, message: expect.any(String) as unknown });
    });

    it('names at most 50 faults', async () => {
      const updates = Array.from({ length: 1_000 }, () => ({ productId: '', amount: -1, currency: '' }));
      const answer = await api.asAdmin('POST /v1/admin/prices', { body: { updates } });
      isProblem(answer, 400);
      expect(answer.body?.['errors']).toHaveLength(50);
    });

    it.each(['id', '_id', '__v', 'version', 'createdAt', 'reserved', 'views', 'stock'])(
      '%p cannot be patched',
      async (field) => {
        isProblem(await api.asAdmin('PATCH /v1/admin/products/a', { body: { [field]: 1 } }), 400);
      },
    );
  });

  describe('access', () => {
    it.each([
      'GET /v1/admin/products/a',
      'POST /v1/admin/products',
      'PATCH /v1/admin/products/a',
      'DELETE /v1/admin/products/a',
      'PUT /v1/admin/products/a/price',
      'POST /v1/admin/prices',
      'PUT /v1/admin/inventory/a',
      'POST /v1/admin/inventory/a/adjustments',
    ])('%s is a 401 with a challenge for nobody', async (line) => {
      const answer = await api.call(line);
      isProblem(answer, 401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    });
  });

  describe('answers', () => {
    it('to HEAD are those to GET without a body', async () => {
      const [get, head] = [await api.call('GET /health/live'), await api.call('HEAD /health/live')];
      expect(head).toMatchObject({ status: 200, text: '' });
      expect(head.headers['content-type']).toBe(get.headers['content-type']);
    });

    it('carry the id that the log has', async () => {
      const { body } = await api.call('GET /v1/products/nothing');
      const id = String(body?.['instance']).replace('urn:uuid:', '');
      const lines = api.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines).toContainEqual(
        expect.objectContaining({ reqId: id, method: 'GET', path: '/v1/products/nothing', status: 404 }),
      );
    });

    it('say what the health is', async () => {
      expect(await api.call('GET /health/ready')).toMatchObject({
        status: 200,
        body: { status: 'ready', dependencies: { mongodb: 'up', redis: 'up' } },
      });
    });
  });
});
