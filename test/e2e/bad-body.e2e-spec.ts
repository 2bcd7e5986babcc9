import type { Answer, Sent } from '../support/api.js';
import { closeInstances, type Instance, theInstances } from '../support/e2e/instances.js';
import { expectFaultAt, expectProblem } from '../support/e2e/problem.js';
import { anId, aProduct } from '../support/e2e/products.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const MIB = 1_048_576;

describe('a body', () => {
  let api: Instance;
  let id: string;
  beforeAll(async () => {
    api = (await theInstances(import.meta.filename)).entry;
    ({ id } = await aProduct(api));
  });
  afterAll(() => closeInstances(import.meta.filename));

  const setPrice = (body: Sent['body'], headers: Sent['headers'] = {}): Promise<Answer> =>
    api.as('merchandiser')(`PUT /v1/admin/products/${id}/price`, { body, headers });

  it.each([
    ['that is no JSON', '{"amount":', 400],
    ['with bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400],
    ['with a byte order mark', '\ufeff{}', 400],
    ['with a __proto__ key', '{"amount":1,"currency":"USD","__proto__":{"x":1}}', 400],
    ['with a __proto__ key inside', '{"amount":1,"currency":"USD","x":[{"__proto__":{"amount":1}}]}', 400],
    ['with a constructor key', '{"amount":1,"currency":"USD","constructor":{}}', 400],
    ['with 5,000 levels of lists', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 400],
    ['with 5,000 levels of objects', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, 400],
    ['that is empty', '', 400],
    ['that is null', 'null', 400],
    ['that is a number', '7', 400],
    ['of 1 MiB', `"${'x'.repeat(MIB - 2)}"`, 400],
    ['of more than 1 MiB', `"${'x'.repeat(MIB - 1)}"`, 413],
  ])('%s is refused', async (_what, body, status) => {
    expectProblem(await setPrice(body, JSON_TYPE), status);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/json; charset=latin1',
    '',
  ])('of the type %p is refused with 415', async (type) => {
    expectProblem(await setPrice('{}', { 'content-type': type }), 415);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'of the type %p is taken',
    async (type) => {
      const body = JSON.stringify({ amount: 1_000, currency: 'USD' });
      expect(await setPrice(body, { 'content-type': type })).toMatchObject({ status: 200 });
    },
  );

  it('is refused compressed', async () => {
    expectProblem(await setPrice('{}', { ...JSON_TYPE, 'content-encoding': 'gzip' }), 415);
  });

  it.each([
    [{ amount: -1, currency: 'USD' }, 'amount'],
    [{ amount: 1.5, currency: 'USD' }, 'amount'],
    [{ amount: '1', currency: 'USD' }, 'amount'],
    [{ amount: true, currency: 'USD' }, 'amount'],
    [{ amount: null, currency: 'USD' }, 'amount'],
    [{ amount: [1], currency: 'USD' }, 'amount'],
    [{ amount: 1_000_000_000_001, currency: 'USD' }, 'amount'],
    [{ amount: 2 ** 53, currency: 'USD' }, 'amount'],
    [{ amount: { $ne: 1 }, currency: 'USD' }, 'amount'],
    [{ amount: 1, currency: { $gt: '' } }, 'currency'],
    [{ amount: 1, currency: 'usd' }, 'currency'],
    [{ amount: 1, currency: 'USD\r\n' }, 'currency'],
    [{ amount: 1, currency: 'USD', version: 9 }, ''],
    [{ amount: 1, currency: 'USD', $where: '1' }, ''],
    [[1], ''],
  ])('%j is a 400 that names %p', async (body, path) => {
    expectFaultAt(await setPrice(body), path);
  });

  it('with a number that no double holds is refused', async () => {
    expectFaultAt(await setPrice('{"amount":1e400,"currency":"USD"}', JSON_TYPE), 'amount');
  });

  it('gets at most 50 of its faults named', async () => {
    const updates = Array.from({ length: 1_000 }, () => ({ productId: '', amount: -1, currency: '' }));
    const answer = await api.as('merchandiser')('POST /v1/admin/prices', { body: { updates } });
    expectProblem(answer, 400);
    expect(answer.body?.['errors']).toHaveLength(50);
  });

  it.each([
    [[]],
    [Array.from({ length: 1_001 }, () => ({ productId: 'a', amount: 1, currency: 'USD' }))],
    [[{ productId: '*', amount: 1, currency: 'USD' }]],
    [[{ productId: {}, amount: 1, currency: 'USD' }]],
    [[{ productId: 'a\r\nb', amount: 1, currency: 'USD' }]],
    [{ 0: { productId: 'a', amount: 1, currency: 'USD' } }],
  ])('of prices is refused as a whole for one line or one too many (case %#)', async (updates) => {
    expectProblem(await api.as('merchandiser')('POST /v1/admin/prices', { body: { updates } }), 400);
  });

  it.each(['id', '_id', '__v', 'version', 'createdAt', 'reserved', 'views', 'stock'])(
    'cannot patch %p',
    async (field) => {
      const answer = await api.as('merchandiser')(`PATCH /v1/admin/products/${id}`, { body: { [field]: 1 } });
      expectProblem(answer, 400);
    },
  );

  it('that was refused has changed nothing', async () => {
    const { body } = await api.as('merchandiser')(`GET /v1/admin/products/${id}`);
    expect(body).toMatchObject({ version: 1, price: { amount: 1_000, currency: 'USD' } });
    expect(await api.call(`GET /v1/products/${anId('none')}`)).toMatchObject({ status: 404 });
  });
});
