import { randomUUID } from 'node:crypto';
import { Idempotency, InventoryService } from '@larder/shop';
import { aTestApi, type TestApi } from '../support/api.js';

// The end of a process between the work and its answer cannot be brought about by a URL.
describe('work under an idempotency key', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await aTestApi(import.meta.filename);
    await api.asAdmin('POST /v1/admin/products', {
      body: { id: 'c', sku: 'c', name: 'C', category: 'Things', price: { amount: 1, currency: 'USD' }, stock: 10 },
    });
  });
  afterAll(() => api.close());

  it('is taken back with the key when it ends before its answer is kept', async () => {
    const idempotency = api.app.get(Idempotency, { strict: false });
    const inventory = api.app.get(InventoryService, { strict: false });
    const request = { principal: '', route: 'POST /test', target: '/test', key: randomUUID(), body: undefined };

    const dying = idempotency.once(
      request,
      async () => {
        await inventory.adjust('c', { delta: 5, reason: 'never kept' });
        throw new Error('the end');
      },
      () => undefined,
    );

    await expect(dying).rejects.toThrow('the end');
    expect(await inventory.findTruth('c')).toMatchObject({ onHand: 10 });
    const answer = { status: 200, headers: {}, body: '"done"' };
    const again = await idempotency.once(
      request,
      () => Promise.resolve(answer),
      () => undefined,
    );
    expect(again).toEqual(answer);
  });
});
