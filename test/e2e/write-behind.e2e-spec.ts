import type { Answer, Sent } from '../support/api.js';
import { closeInstances, type Instances, theInstances } from '../support/e2e/instances.js';
import { anId, aProduct as made, positionOf } from '../support/e2e/products.js';
import { until } from '../support/until.js';

const BOUND_MS = 250;

interface Edits {
  readonly accepted: { readonly productId: string; readonly writeId: string }[];
  readonly failed: { readonly productId: string; readonly status: number; readonly detail: string }[];
}

let instances: Instances;
beforeAll(async () => {
  instances = await theInstances(import.meta.filename);
});
afterAll(() => closeInstances(import.meta.filename));

interface Product {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

const aProduct = async (more: object = {}): Promise<Product> =>
  (await made(instances.first, more)).body as unknown as Product;
const admin = (line: string, sent?: Sent): Promise<Answer> => instances.first.as('admin')(line, sent);
const edit = (edits: object[], headers: Sent['headers'] = {}): Promise<Answer> =>
  admin('POST /v1/admin/products/edits', { body: { edits }, headers });
const editsIn = ({ body }: Answer): Edits => body as unknown as Edits;
const shown = (id: string, headers: Sent['headers'] = {}): Promise<Answer> =>
  instances.second.call(`GET /v1/products/${id}`, { headers });
const truth = (id: string): Promise<Answer> => admin(`GET /v1/admin/products/${id}`);
const flush = (): Promise<Answer> => admin('POST /v1/admin/cache/write-behind/flush');
const stateOf = async (answer: Answer, index = 0): Promise<Answer['body']> =>
  (await admin(`GET /v1/admin/cache/write-behind/writes/${editsIn(answer).accepted[index]?.writeId ?? ''}`)).body;

describe('an edit', () => {
  it('is accepted durably, shown by every instance, and in MongoDB once it is flushed', async () => {
    const { id, version } = await aProduct();
    for (const instance of [instances.first, instances.second]) await instance.call(`GET /v1/products/${id}`);

    const answer = await edit([{ productId: id, name: 'Edited', attributes: { b: 1, a: 'x' } }]);

    expect(answer).toMatchObject({ status: 202, body: { durability: 'durable', failed: [] } });
    expect((await shown(id, positionOf(answer))).body).toMatchObject({ name: 'Edited', attributes: { a: 'x', b: 1 } });
    await until(async () => (await shown(id)).body?.['name'] === 'Edited', { withinMs: BOUND_MS });
    expect(await flush()).toMatchObject({ status: 200 });
    expect(await stateOf(answer)).toEqual({ state: 'flushed' });
    expect((await truth(id)).body).toMatchObject({ name: 'Edited', version: version + 1 });
    expect((await shown(id)).body).toMatchObject({ name: 'Edited', version: version + 1 });
  });

  it('is one of many, and those of one product are in their order', async () => {
    const products = await Promise.all(Array.from({ length: 20 }, () => aProduct()));
    const edits = products.flatMap(({ id }) => [1, 2, 3].map((n) => ({ productId: id, description: `${n} of ${id}` })));
    const answer = await edit(edits);
    expect(editsIn(answer).accepted.map(({ productId }) => productId)).toEqual(edits.map(({ productId }) => productId));
    for (const { id } of products)
      expect((await shown(id, positionOf(answer))).body).toMatchObject({ description: `3 of ${id}` });
    await flush();
    for (const { id } of products) expect((await truth(id)).body).toMatchObject({ description: `3 of ${id}` });
  });

  it('of an absent product fails alone', async () => {
    const { id } = await aProduct();
    const absent = anId('none');
    const answer = await edit([
      { productId: absent, name: 'x' },
      { productId: id, name: 'y' },
    ]);
    expect(answer).toMatchObject({
      status: 202,
      body: { accepted: [{ productId: id }], failed: [{ productId: absent, status: 404 }] },
    });
  });

  it.each([
    ['an unknown field', [{ price: { amount: 1, currency: 'USD' } }]],
    ['a name that is none', [{ name: '' }]],
    ['nothing', [{}]],
    ['an attribute that MongoDB would take for an operator', [{ attributes: { $where: '1' } }]],
    ['more than 1,000', Array.from({ length: 1_001 }, () => ({ name: 'x' }))],
  ])('with %s is refused with all others, and nothing is accepted', async (_what, edits) => {
    const { id, name } = await aProduct();
    const all = [{ productId: id, name: 'accepted' }, ...edits.map((one) => ({ productId: id, ...one }))];
    expect(await edit(all)).toMatchObject({ status: 400 });
    expect((await shown(id)).body).toMatchObject({ name });
  });

  it('counts for If-Match as soon as it is accepted', async () => {
    const { id, version } = await aProduct();
    await edit([{ productId: id, name: 'Behind' }]);
    const headers = { 'if-match': `"v${version}"` };
    const price = { amount: 5, currency: 'USD' };
    expect(await admin(`PATCH /v1/admin/products/${id}`, { body: { sku: anId('s') }, headers })).toMatchObject({
      status: 412,
    });
    expect(await admin(`PUT /v1/admin/products/${id}/price`, { body: price, headers })).toMatchObject({ status: 412 });
    expect((await truth(id)).body).toMatchObject({ name: 'Behind', version: version + 1 });
  });

  it('and what is written through beside it neither lose nor undo each other', async () => {
    const { id, version } = await aProduct();
    await edit([{ productId: id, name: 'Behind 1', description: 'Behind' }]);
    const price = { amount: 77, currency: 'USD' };
    expect(await admin(`PUT /v1/admin/products/${id}/price`, { body: price })).toMatchObject({ status: 200 });
    const through = await admin(`PATCH /v1/admin/products/${id}`, { body: { name: 'Through' } });
    expect(through).toMatchObject({ status: 200, body: { name: 'Through', description: 'Behind', price } });
    const last = await edit([{ productId: id, thumbnail: '/x.png' }]);
    await flush();
    const expected = { name: 'Through', description: 'Behind', price, thumbnail: '/x.png' };
    expect((await truth(id)).body).toMatchObject({ ...expected, version: version + 4 });
    expect((await shown(id, positionOf(last))).body).toMatchObject(expected);
  });

  it('of a product that is deleted meanwhile does not bring it back, nor reach the next one of its id', async () => {
    const { id, version } = await aProduct();
    const answer = await edit([{ productId: id, name: 'Too late' }]);
    expect(await admin(`DELETE /v1/admin/products/${id}`)).toMatchObject({ status: 204 });
    await flush();
    expect(await stateOf(answer)).toEqual({ state: 'flushed', reason: 'superseded' });
    expect(await shown(id, positionOf(answer))).toMatchObject({ status: 404 });
    const again = await aProduct({ id, name: 'Anew' });
    await flush();
    expect(again.version).toBe(version + 1);
    expect((await truth(id)).body).toMatchObject({ name: 'Anew', version: version + 1 });
  });

  it('that is sent again with the same key takes effect once', async () => {
    const { id } = await aProduct();
    const headers = { 'idempotency-key': anId('key') };
    const first = await edit([{ productId: id, name: 'Once' }], headers);
    await edit([{ productId: id, name: 'Then' }]);
    const again = await edit([{ productId: id, name: 'Once' }], headers);
    expect(again.body).toEqual(first.body);
    expect((await shown(id, positionOf(again))).body).toMatchObject({ name: 'Then' });
    expect(await edit([{ productId: id, name: 'Other' }], headers)).toMatchObject({ status: 422 });
  });
});

describe('a view', () => {
  it('by a visitor or a user is counted behind, and changes no version', async () => {
    const { id, version } = await aProduct();
    const { first } = instances;
    for (let n = 0; n < 7; n += 1)
      await first.call(`GET /v1/products/${id}`, { headers: { 'x-visitor-id': `v-${n}` } });
    await first.as('customer')(`GET /v1/products/${id}`);
    await first.call(`GET /v1/products/${id}`);
    await until(async () => (await flush(), (await truth(id)).body?.['views'] === 8), { withinMs: 2_000 });
    expect((await truth(id)).body).toMatchObject({ version });
  });

  it.each(['', 'a b', 'x'.repeat(65)])('by "%s" is refused', async (visitor) => {
    const { id } = await aProduct();
    const headers = { 'x-visitor-id': visitor };
    expect(await instances.first.call(`GET /v1/products/${id}`, { headers })).toMatchObject({ status: 400 });
  });

  it('with a token that is none is a view of nobody', async () => {
    const { id } = await aProduct();
    const headers = { authorization: 'Bearer nonsense' };
    expect(await instances.first.call(`GET /v1/products/${id}`, { headers })).toMatchObject({ status: 200 });
  });
});

describe('preferences', () => {
  const mine = (line: string, sent?: Sent): Promise<Answer> => instances.first.as('customer')(line, sent);
  const PATH = '/v1/sessions/current/preferences';

  it('are changed by name, taken back by null, and alike on every instance', async () => {
    const answer = await mine(`PATCH ${PATH}`, { body: { theme: 'dark', size: 3, isQuiet: true } });
    expect(answer).toMatchObject({ status: 200, body: { theme: 'dark', size: 3, isQuiet: true } });
    const next = await mine(`PATCH ${PATH}`, { body: { size: null, theme: 'light' }, headers: positionOf(answer) });
    expect(next.body).toEqual({ theme: 'light', isQuiet: true });
    const headers = positionOf(next);
    expect((await instances.second.as('customer')(`GET ${PATH}`, { headers })).body).toEqual(next.body);
    expect((await mine('GET /v1/sessions/current', { headers })).body).toMatchObject({ preferences: next.body });
    await flush();
    expect((await mine(`GET ${PATH}`, { headers })).body).toEqual(next.body);
  });

  it.each([
    ['nothing', {}],
    ['a list', { theme: ['dark'] }],
    ['an object', { theme: {} }],
    ['a name with a dot', { 'a.b': 1 }],
    ['an operator', { $set: 1 }],
    ['more than 50', Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`p${n}`, n]))],
  ])('cannot be %s', async (_what, body) => {
    expect(await mine(`PATCH ${PATH}`, { body })).toMatchObject({ status: 400 });
  });

  it('are 50 at most', async () => {
    const many = (prefix: string) => Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`${prefix}${n}`, n]));
    const first = await mine(`PATCH ${PATH}`, { body: many('a') });
    expect(first).toMatchObject({ status: 200 });
    const headers = positionOf(first);
    expect(await mine(`PATCH ${PATH}`, { body: many('b'), headers })).toMatchObject({ status: 400 });
    const none = Object.fromEntries(Object.keys(many('a')).map((name) => [name, null]));
    expect(await mine(`PATCH ${PATH}`, { body: none, headers })).toMatchObject({ status: 200 });
  });
});

describe('the write log', () => {
  it('is told in numbers, and emptied by a flush', async () => {
    const { id } = await aProduct();
    await flush();
    const before = (await admin('GET /v1/admin/cache/write-behind')).body as Record<string, number>;
    await edit([{ productId: id, name: 'a' }]);
    await edit([{ productId: id, name: 'b' }]);
    expect((await flush()).body?.['flushed']).toBeLessThanOrEqual(2);
    const after = (await admin('GET /v1/admin/cache/write-behind')).body as Record<string, number>;
    expect(after).toMatchObject({ depth: 0, oldestMs: 0, flushed: (before['flushed'] ?? 0) + 2 });
  });

  it('takes an Idempotency-Key for a flush and for a retry', async () => {
    const ROUTE = 'POST /v1/admin/cache/write-behind';
    const [key, other] = [anId('key'), anId('key')];
    const retry = (letter: string): Promise<Answer> =>
      admin(`${ROUTE}/dead-letters/${letter}/retry`, { headers: { 'idempotency-key': key } });
    expect(await retry('0-1-1')).toMatchObject({ status: 404 });
    expect(await retry('0-1-2')).toMatchObject({ status: 422 });
    expect(await admin(`${ROUTE}/flush`, { headers: { 'idempotency-key': ' ' } })).toMatchObject({ status: 400 });
    const first = await admin(`${ROUTE}/flush`, { headers: { 'idempotency-key': other } });
    const again = await admin(`${ROUTE}/flush`, { headers: { 'idempotency-key': other } });
    expect([again.status, again.body]).toEqual([200, first.body]);
  });

  it('knows no write and no dead letter of an id that is none', async () => {
    expect(await admin('GET /v1/admin/cache/write-behind/writes/nonsense')).toMatchObject({ status: 404 });
    expect(await admin('GET /v1/admin/cache/write-behind/dead-letters')).toMatchObject({ status: 200 });
    for (const line of [
      'POST /v1/admin/cache/write-behind/dead-letters/0-1-1/retry',
      'DELETE /v1/admin/cache/write-behind/dead-letters/0-1-1',
    ])
      expect(await admin(line)).toMatchObject({ status: 404 });
  });
});
