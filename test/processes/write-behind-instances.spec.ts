import type { Answer } from '../support/api.js';
import { positionOf } from '../support/e2e/products.js';
import { type ApiProcess, ShopProcesses } from '../support/shop.processes.js';
import { ShopStaff } from '../support/shop.staff.js';
import { until } from '../support/until.js';

const ROUNDS = 40;
const BACK = { withinMs: 15_000 };

let shop: ShopProcesses;
let apis: [ApiProcess, ApiProcess];
let staff: ShopStaff;

beforeAll(async () => {
  shop = await ShopProcesses.open();
  const first = await shop.startApi();
  staff = await ShopStaff.at(shop, first);
  apis = [first, await shop.startApi()];
  shop.startWorker();
}, 60_000);
afterAll(() => shop.close());

describe('edits of one product through two instances at once', () => {
  it('while MongoDB is away leave one cached value with all of them, and none unanswered', async () => {
    await staff.make('both');
    for (const api of apis) await api.call('GET /v1/products/both');
    await shop.mongo.kill('SIGKILL');
    for (let round = 0; round < ROUNDS; round += 1) {
      const [name, description] = [`name ${round}`, `description ${round}`];
      const answers = await Promise.all([
        staff.edit([{ productId: 'both', name }], { at: apis[0] }),
        staff.edit([{ productId: 'both', description }], { at: apis[1] }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([202, 202]);
      for (const api of apis) {
        const headers = { 'larder-position': answers.map((each) => positionOf(each)['larder-position']).join('_') };
        const shown = await api.call('GET /v1/products/both', { headers });
        expect(shown).toMatchObject({ status: 200, body: { name, description } });
      }
    }
    await shop.mongo.restart();
    await until(async () => (await staff.truthOf('both'))['name'] === `name ${ROUNDS - 1}`, BACK);
    expect(await staff.truthOf('both')).toMatchObject({ description: `description ${ROUNDS - 1}` });
  }, 60_000);
});

describe('an Idempotency-Key of edits', () => {
  const edit = (key: string, edits: object[], at: ApiProcess = apis[0]): Promise<Answer> =>
    staff.edit(edits, { key, at });

  beforeAll(async () => {
    for (const id of ['kept', 'other', 'gone']) {
      await staff.make(id);
      for (const api of apis) await api.call(`GET /v1/products/${id}`);
    }
    await staff.call('DELETE /v1/admin/cache/regions/product/entries/gone');
    await shop.mongo.kill('SIGKILL');
  });

  it('is kept without MongoDB: a repeat at any instance gets the first answer, another request a 422', async () => {
    const first = await edit('k1', [{ productId: 'kept', name: 'first' }]);
    expect(first).toMatchObject({ status: 202, body: { accepted: [{ productId: 'kept' }] } });
    await staff.edit([{ productId: 'kept', name: 'then' }]);
    for (const at of apis) {
      const again = await edit('k1', [{ productId: 'kept', name: 'first' }], at);
      expect(again).toMatchObject({ status: 202, body: first.body, headers: positionOf(first) });
      expect(await edit('k1', [{ productId: 'kept', name: 'other' }], at)).toMatchObject({ status: 422 });
      expect((await at.call('GET /v1/products/kept', { headers: positionOf(again) })).body).toMatchObject({
        name: 'then',
      });
    }
  });

  it('stays that of a request that was a 503 when some of it was accepted', async () => {
    const some = [
      { productId: 'other', name: 'some' },
      { productId: 'gone', name: 'some' },
    ];
    expect(await edit('k2', some)).toMatchObject({ status: 503 });
    expect(await edit('k2', [{ productId: 'other', name: 'another' }])).toMatchObject({ status: 422 });
    expect((await apis[0].call('GET /v1/products/other')).body).toMatchObject({ name: 'some' });
  });

  it('is free again when nothing was accepted', async () => {
    expect(await edit('k3', [{ productId: 'gone', name: 'none' }])).toMatchObject({ status: 503 });
    expect(await edit('k3', [{ productId: 'other', name: 'free' }], apis[1])).toMatchObject({ status: 202 });
  });

  it('lets one request of many at once be carried out; the others get its answer or a 409', async () => {
    const many = Array.from({ length: 20 }, (_, at) => edit('k4', [{ productId: 'kept', name: 'once' }], apis[at % 2]));
    const answers = await Promise.all(many);
    const [taken] = answers.filter(({ status }) => status === 202);
    for (const { status, body } of answers) {
      expect([202, 409]).toContain(status);
      if (status === 202) expect(body).toEqual(taken?.body);
    }
  });

  it('finds the rest of what was begun, once MongoDB is back', async () => {
    await shop.mongo.restart();
    const some = [
      { productId: 'other', name: 'some' },
      { productId: 'gone', name: 'some' },
    ];
    await until(async () => (await edit('k2', some)).status === 202, BACK);
    await until(async () => (await staff.depth()) === 0, BACK);
    expect(await staff.truthOf('gone')).toMatchObject({ name: 'some' });
    expect(await staff.truthOf('other')).toMatchObject({ name: 'free' });
  }, 60_000);
});
