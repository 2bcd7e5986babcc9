import { randomUUID } from 'node:crypto';
import { Idempotency, InventoryService } from '@larder/shop';
import { aTestApi, type Answer, type TestApi } from '../support/api.js';

const product = (id: string): object => ({
  id,
  sku: id,
  name: id,
  category: 'Things',
  price: { amount: 1, currency: 'USD' },
  stock: 10,
});

describe('Idempotency-Key', () => {
  let api: TestApi;
  const adjust = (id: string, delta: number, key: string): Promise<Answer> =>
    api.asAdmin(`POST /v1/admin/inventory/${id}/adjustments`, {
      body: { delta, reason: 'found' },
      headers: { 'idempotency-key': key },
    });
  const onHand = async (id: string): Promise<unknown> => (await api.call(`GET /v1/inventory/${id}`)).body?.['onHand'];

  beforeAll(async () => {
    api = await aTestApi(import.meta.filename);
    for (const id of ['a', 'b', 'c', 'd']) await api.asAdmin('POST /v1/admin/products', { body: product(id) });
  });
  afterAll(() => api.close());

  it('carries a repeated request out once and replays its answer, headers included', async () => {
    const key = randomUUID();
    const first = await adjust('a', 3, key);
    const second = await adjust('a', 3, key);

    expect(first).toMatchObject({ status: 200, body: { onHand: 13 }, headers: { etag: '"v2"' } });
    expect(second).toMatchObject({ status: 200, text: first.text, headers: { etag: '"v2"' } });
    expect(await onHand('a')).toBe(13);
  });

  it('replays a product that was made, with its place', async () => {
    const sent = { body: product('made'), headers: { 'idempotency-key': randomUUID() } };
    const first = await api.asAdmin('POST /v1/admin/products', sent);
    const second = await api.asAdmin('POST /v1/admin/products', sent);

    expect(first.status).toBe(201);
    expect(second).toMatchObject({
      status: 201,
      text: first.text,
      headers: { etag: '"v1"', location: '/v1/products/made' },
    });
  });

  it('refuses the key with another body or address', async () => {
    const key = randomUUID();
    await adjust('b', 1, key);
    expect(await adjust('b', 2, key)).toMatchObject({ status: 422 });
    expect(await adjust('c', 1, key)).toMatchObject({ status: 422 });
    expect(await onHand('b')).toBe(11);
    expect(await onHand('c')).toBe(10);
  });

  it('lets one of 20 at once take effect; the others get its answer or a 409', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => adjust('d', 1, key)));

    expect(await onHand('d')).toBe(11);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    for (const { status, body } of answers) {
      expect([200, 409]).toContain(status);
      if (status === 200) expect(body).toMatchObject({ onHand: 11 });
    }
  });

  it("replays the shop's refusals, and frees the key after those that are not", async () => {
    const key = randomUUID();
    const refused = await adjust('later', 1, key);
    await api.asAdmin('POST /v1/admin/products', { body: product('later') });
    expect(refused.status).toBe(404);
    expect(await adjust('later', 1, key)).toMatchObject({ status: 404, text: refused.text });

    const other = randomUUID();
    const headers = { 'idempotency-key': other };
    const path = 'POST /v1/admin/inventory/later/adjustments';
    expect(await api.asAdmin(path, { body: { delta: 'x', reason: 'y' }, headers })).toMatchObject({ status: 400 });
    expect(
      await api.asAdmin(path, { body: { delta: 1, reason: 'y' }, headers: { ...headers, 'if-match': '"v9"' } }),
    ).toMatchObject({ status: 412 });
    expect(await adjust('later', 1, other)).toMatchObject({ status: 200, body: { onHand: 11 } });
  });

  it('takes the effect back with the key when the work ends before its answer is kept', async () => {
    const { app } = api;
    const idempotency = app.get(Idempotency, { strict: false });
    const inventory = app.get(InventoryService, { strict: false });
    const request = { principal: '', route: 'POST /test', target: '/test', key: randomUUID(), body: undefined };
    const before = await onHand('c');

    const dying = idempotency.once(
      request,
      async () => {
        await inventory.adjust('c', { delta: 5, reason: 'never kept' });
        throw new Error('the end');
      },
      () => undefined,
    );

    await expect(dying).rejects.toThrow('the end');
    expect(await onHand('c')).toBe(before);
    const answer = { status: 200, headers: {}, body: '"done"' };
    const again = await idempotency.once(
      request,
      () => Promise.resolve(answer),
      () => undefined,
    );
    expect(again).toEqual(answer);
  });

  it.each(['', ' ', 'é', 'x'.repeat(256)])('refuses the key %p', async (key) => {
    expect(await adjust('a', 1, key)).toMatchObject({ status: 400, body: { errors: [{ path: 'Idempotency-Key' }] } });
  });

  it('takes a key of 255 characters', async () => {
    expect(await adjust('a', 0, randomUUID().padEnd(255, 'x'))).toMatchObject({ status: 200 });
  });
});
