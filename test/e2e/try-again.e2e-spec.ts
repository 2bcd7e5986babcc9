import { randomUUID } from 'node:crypto';
import type { Answer } from '../support/api.js';
import { anEmail, PASSWORD } from '../support/e2e/accounts.js';
import { closeInstances, type Instances, theInstances } from '../support/e2e/instances.js';
import { aDraft, anId, aProduct, positionOf } from '../support/e2e/products.js';
import { until } from '../support/until.js';

describe('trying again with an Idempotency-Key', () => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await theInstances(import.meta.filename);
  });
  afterAll(() => closeInstances(import.meta.filename));

  const adjust = (id: string, delta: number, key: string, at = instances.first): Promise<Answer> =>
    at.as('merchandiser')(`POST /v1/admin/inventory/${id}/adjustments`, {
      body: { delta, reason: 'found' },
      headers: { 'idempotency-key': key },
    });
  const onHand = async (id: string, seen: Answer): Promise<unknown> =>
    (await instances.first.call(`GET /v1/inventory/${id}`, { headers: positionOf(seen) })).body?.['onHand'];

  it('takes effect once and replays the first answer at every instance, headers included', async () => {
    const { id } = await aProduct(instances.first);
    const key = randomUUID();
    const first = await adjust(id, 3, key);
    const second = await adjust(id, 3, key, instances.second);

    expect(first).toMatchObject({ status: 200, body: { onHand: 8 }, headers: { etag: '"v2"' } });
    expect(second).toMatchObject({ status: 200, text: first.text, headers: { etag: '"v2"' } });
    expect(await onHand(id, second)).toBe(8);
  });

  it('replays a product that was made, with its place', async () => {
    const draft = aDraft();
    const sent = { body: draft, headers: { 'idempotency-key': randomUUID() } };
    const first = await instances.first.as('merchandiser')('POST /v1/admin/products', sent);
    const second = await instances.second.as('merchandiser')('POST /v1/admin/products', sent);

    expect(first.status).toBe(201);
    expect(second).toMatchObject({
      status: 201,
      text: first.text,
      headers: { etag: '"v1"', location: `/v1/products/${draft.id}` },
    });
  });

  it('replays an account that was made', async () => {
    const sent = {
      body: { email: anEmail(), password: PASSWORD, name: 'Ada' },
      headers: { 'idempotency-key': randomUUID() },
    };
    const first = await instances.first.call('POST /v1/users', sent);
    const second = await instances.second.call('POST /v1/users', sent);
    const other = await instances.first.call('POST /v1/users', { ...sent, body: { ...sent.body, name: 'Eve' } });

    expect(first.status).toBe(201);
    expect(second).toMatchObject({ status: 201, text: first.text });
    expect(other).toMatchObject({ status: 422 });
  });

  it('is refused with another body or at another address', async () => {
    const [one, other] = [await aProduct(instances.first), await aProduct(instances.first)];
    const key = randomUUID();
    const taken = await adjust(one.id, 1, key);
    expect(await adjust(one.id, 2, key)).toMatchObject({ status: 422 });
    expect(await adjust(other.id, 1, key)).toMatchObject({ status: 422 });
    expect(await onHand(one.id, taken)).toBe(6);
    expect(await onHand(other.id, taken)).toBe(5);

    const make = instances.first.as('merchandiser');
    for (const [line, first, second] of [
      ['POST /v1/admin/products', aDraft(), aDraft()],
      [
        'POST /v1/admin/prices',
        { updates: [{ productId: one.id, amount: 1, currency: 'USD' }] },
        { updates: [{ productId: one.id, amount: 2, currency: 'USD' }] },
      ],
    ] as const) {
      const headers = { 'idempotency-key': randomUUID() };
      expect((await make(line, { body: first, headers })).status).toBeLessThan(300);
      expect(await make(line, { body: second, headers })).toMatchObject({ status: 422 });
    }
  });

  it('lets one of 20 at once take effect; the others get its answer or a 409', async () => {
    const { id } = await aProduct(instances.first);
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => adjust(id, 1, key, at % 2 === 0 ? instances.first : instances.second)),
    );

    const taken = answers.filter(({ status }) => status === 200);
    expect(taken.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(20 - taken.length);
    for (const { body } of taken) expect(body).toMatchObject({ onHand: 6 });
    expect(await onHand(id, taken[0] as Answer)).toBe(6);
  });

  it('is a 409 while the first is being carried out', async () => {
    const updates = Array.from({ length: 1_000 }, (_, at) => ({
      productId: `${anId('none')}-${at}`,
      amount: 1,
      currency: 'USD',
    }));
    // Whether two requests overlap is the machine's to say; a pair that did not is sent anew.
    await until(
      async () => {
        const sent = { body: { updates }, headers: { 'idempotency-key': randomUUID() } };
        const twice = await Promise.all(
          [instances.first, instances.second].map((at) => at.as('merchandiser')('POST /v1/admin/prices', sent)),
        );
        return (
          twice
            .map(({ status }) => status)
            .sort()
            .join() === '200,409'
        );
      },
      { withinMs: 20_000 },
    );
  });

  it("replays the shop's refusals, and frees the key after those that are not", async () => {
    const id = anId('later');
    const key = randomUUID();
    const refused = await adjust(id, 1, key);
    await aProduct(instances.first, { id });
    expect(refused.status).toBe(404);
    expect(await adjust(id, 1, key)).toMatchObject({ status: 404, text: refused.text });

    const headers = { 'idempotency-key': randomUUID() };
    const line = `POST /v1/admin/inventory/${id}/adjustments`;
    const staff = instances.first.as('merchandiser');
    expect(await staff(line, { body: { delta: 'x', reason: 'y' }, headers })).toMatchObject({ status: 400 });
    expect(
      await staff(line, { body: { delta: 1, reason: 'y' }, headers: { ...headers, 'if-match': '"v9"' } }),
    ).toMatchObject({ status: 412 });
    expect(await adjust(id, 1, headers['idempotency-key'])).toMatchObject({ status: 200, body: { onHand: 6 } });
  });

  it('of another user is a request of its own', async () => {
    const { id } = await aProduct(instances.first);
    const key = randomUUID();
    await adjust(id, 1, key);
    const asAdmin = instances.first.as('admin')(`POST /v1/admin/inventory/${id}/adjustments`, {
      body: { delta: 1, reason: 'found' },
      headers: { 'idempotency-key': key },
    });
    expect(await asAdmin).toMatchObject({ status: 200, body: { onHand: 7 } });
  });

  it.each(['', ' ', 'é', 'x'.repeat(256)])('refuses the key %p', async (key) => {
    expect(await adjust('any', 1, key)).toMatchObject({ status: 400, body: { errors: [{ path: 'Idempotency-Key' }] } });
  });

  it('takes a key of 255 characters', async () => {
    const { id } = await aProduct(instances.first);
    expect(await adjust(id, 0, randomUUID().padEnd(255, 'x'))).toMatchObject({ status: 200 });
  });
});
