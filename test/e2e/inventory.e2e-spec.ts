import type { Answer, Sent } from '../support/api.js';
import { closeInstances, type Instances, theInstances } from '../support/e2e/instances.js';
import { anId, aProduct, positionOf } from '../support/e2e/products.js';

describe('stock', () => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await theInstances(import.meta.filename);
  });
  afterAll(() => closeInstances(import.meta.filename));

  const staff = (line: string, sent: Sent): Promise<Answer> => instances.first.as('merchandiser')(line, sent);
  const count = (id: string, onHand: number, headers: Sent['headers'] = {}): Promise<Answer> =>
    staff(`PUT /v1/admin/inventory/${id}`, { body: { onHand }, headers });
  const adjust = (id: string, delta: number, headers: Sent['headers'] = {}): Promise<Answer> =>
    staff(`POST /v1/admin/inventory/${id}/adjustments`, { body: { delta, reason: 'found' }, headers });
  const shown = (id: string, headers: Sent['headers'] = {}): Promise<Answer> =>
    instances.second.call(`GET /v1/inventory/${id}`, { headers });

  it('is what was counted, at the other instance at once to whoever sends the position', async () => {
    const { id } = await aProduct(instances.first);
    expect(await shown(id)).toMatchObject({ status: 200, body: { productId: id, onHand: 5, reserved: 0, version: 1 } });

    const counted = await count(id, 9);

    expect(counted).toMatchObject({
      status: 200,
      headers: { etag: '"v2"' },
      body: { productId: id, onHand: 9, reserved: 0, available: 9, version: 2 },
    });
    expect(await shown(id, positionOf(counted))).toMatchObject({ status: 200, body: counted.body });
  });

  it('is what was counted and what came and went since', async () => {
    const { id } = await aProduct(instances.first);
    expect(await adjust(id, 3)).toMatchObject({ status: 200, headers: { etag: '"v2"' }, body: { onHand: 8 } });
    expect(await adjust(id, -8)).toMatchObject({ status: 200, headers: { etag: '"v3"' }, body: { onHand: 0 } });
  });

  it('loses none of 50 adjustments made at once through two instances', async () => {
    const { id } = await aProduct(instances.first, { stock: 0 });
    const line = `POST /v1/admin/inventory/${id}/adjustments`;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        (at % 2 === 0 ? instances.first : instances.second).as('merchandiser')(line, {
          body: { delta: 1, reason: 'one more' },
        }),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array<number>(50).fill(200));
    expect(new Set(answers.map(({ body }) => body?.['onHand'])).size).toBe(50);
    for (const answer of answers)
      expect((await shown(id, positionOf(answer))).body).toMatchObject({ onHand: 50, available: 50, version: 51 });
  });

  it('never falls below nothing and never rises above its limit', async () => {
    const { id } = await aProduct(instances.first);
    const refused = [await adjust(id, -6), await adjust(id, 1_000_000_000)];
    expect(refused.map(({ status }) => status)).toEqual([409, 409]);
    expect(await count(id, 1_000_000_000)).toMatchObject({ status: 200 });
    expect(await adjust(id, 1)).toMatchObject({ status: 409 });
  });

  it('is changed by who names its version, and by nobody else', async () => {
    const { id } = await aProduct(instances.first);
    for (const tag of ['"v2"', 'W/"v1"', 'v1']) {
      expect(await count(id, 1, { 'if-match': tag })).toMatchObject({ status: 412 });
      expect(await adjust(id, 1, { 'if-match': tag })).toMatchObject({ status: 412 });
    }
    expect(await count(id, 7, { 'if-match': '"v1"' })).toMatchObject({ status: 200, body: { onHand: 7, version: 2 } });
    expect(await adjust(id, 1, { 'if-match': '"v2"' })).toMatchObject({ status: 200, body: { onHand: 8, version: 3 } });
  });

  it.each([
    [{ onHand: -1 }],
    [{ onHand: 1_000_000_001 }],
    [{ onHand: 1.5 }],
    [{ onHand: '1' }],
    [{ onHand: null }],
    [{}],
    [{ onHand: 1, reserved: 1 }],
  ])('is not counted as %j', async (body) => {
    expect(await staff('PUT /v1/admin/inventory/any', { body })).toMatchObject({ status: 400 });
  });

  it.each([
    [{ delta: 1 }],
    [{ delta: 1, reason: '' }],
    [{ delta: 1, reason: 'r'.repeat(201) }],
    [{ delta: 1, reason: 'one\r\nline: two' }],
    [{ delta: 1_000_000_001, reason: 'r' }],
    [{ delta: 0.1, reason: 'r' }],
    [{ delta: { $inc: 1 }, reason: 'r' }],
  ])('is not adjusted by %j', async (body) => {
    expect(await staff('POST /v1/admin/inventory/any/adjustments', { body })).toMatchObject({ status: 400 });
  });

  it('of a product that is not there is a 404', async () => {
    const none = anId('none');
    expect(await shown(none)).toMatchObject({ status: 404 });
    expect(await count(none, 1)).toMatchObject({ status: 404 });
    expect(await adjust(none, 1)).toMatchObject({ status: 404 });
  });
});
