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
