import { positionOf } from '../support/e2e/products.js';
import type { Answer, Sent } from '../support/api.js';
import { type ApiProcess, ShopProcesses } from '../support/shop.processes.js';
import { until } from '../support/until.js';

const PRODUCTS = 50;
const EDITS = 1_000;
const AT_ONCE = 20;
const DRAINED_WITHIN_MS = 10_000;
const BACK = { withinMs: 10_000 };

let shop: ShopProcesses;
let apis: [ApiProcess, ApiProcess];
let admin: { authorization: string };

beforeAll(async () => {
  shop = await ShopProcesses.open();
  const first = await shop.startApi();
  admin = await shop.adminHeaders(first);
  apis = [first, await shop.startApi()];
}, 60_000);
afterAll(() => shop.close());

const asAdmin = (line: string, { body, headers }: Sent = {}, at = apis[0]): Promise<Answer> =>
  at.call(line, { ...(body !== undefined && { body }), headers: { ...admin, ...headers } });
const edit = (productId: string, name: string, at = apis[0]): Promise<Answer> =>
  asAdmin('POST /v1/admin/products/edits', { body: { edits: [{ productId, name }] } }, at);
const truthOf = async (id: string): Promise<Answer['body']> => (await asAdmin(`GET /v1/admin/products/${id}`)).body;
const depth = async (): Promise<unknown> => (await asAdmin('GET /v1/admin/cache/write-behind')).body?.['depth'];
const make = async (id: string): Promise<void> => {
  const price = { amount: 100, currency: 'USD' };
  const body = { id, sku: id, name: id, category: 'Edited things', price, stock: 1 };
  const { status, text } = await asAdmin('POST /v1/admin/products', { body });
  if (status !== 201) throw new Error(text);
};
const statusesOf = async (count: number, ask: (index: number) => Promise<Answer>): Promise<Record<number, number>> => {
  const statuses: Record<number, number> = {};
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = (next += 1); index <= count; index = next += 1) {
      const { status } = await ask(index - 1);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return statuses;
};

describe('while MongoDB is away', () => {
  it('every edit of a cached product is accepted and shown, and in MongoDB soon after its return', async () => {
    const ids = Array.from({ length: PRODUCTS }, (_, index) => `away-${index}`);
    for (const id of ids) await make(id);
    for (const api of apis) for (const id of ids) await api.call(`GET /v1/products/${id}`);
    shop.startWorker();
    await shop.mongo.kill('SIGKILL');

    const last = new Map<string, string>();
    const statuses = await statusesOf(EDITS, async (index) => {
      const id = ids[index % PRODUCTS] ?? '';
      const name = `edit ${index}`;
      const answer = await edit(id, name, apis[index % 2]);
      last.set(id, name);
      return answer;
    });
    expect(statuses).toEqual({ 202: EDITS });
    const [id = ''] = ids;
    const answer = await edit(id, 'the last of all');
    const shown = await apis[1].call(`GET /v1/products/${id}`, { headers: positionOf(answer) });
    expect(shown).toMatchObject({ status: 200, body: { name: 'the last of all' } });

    await shop.mongo.restart();
    await until(async () => (await depth()) === 0, { withinMs: DRAINED_WITHIN_MS });
    await until(async () => (await truthOf(id))?.['name'] === 'the last of all', BACK);
    for (const one of ids) expect((await truthOf(one))?.['name']).toMatch(/^(edit \d+|the last of all)$/);
  }, 60_000);
});

describe('while the write log is away', () => {
  it('what needs it is a 503, and all else goes on', async () => {
    for (const id of ['log-a', 'log-b']) await make(id);
    const entry = 'DELETE /v1/admin/cache/regions/product/entries/log-b';
    expect(await asAdmin(entry)).toMatchObject({ status: 204 });
    await shop.queue.kill('SIGKILL');

    const refused = await edit('log-a', 'x');
    expect(refused).toMatchObject({ status: 503 });
    expect(refused.headers['retry-after']).toBeDefined();
    expect(await asAdmin('PATCH /v1/admin/products/log-a', { body: { name: 'y' } })).toMatchObject({ status: 503 });
    const price = { amount: 5, currency: 'USD' };
    expect(await asAdmin('PUT /v1/admin/products/log-a/price', { body: price })).toMatchObject({ status: 200 });
    const read = await apis[1].call('GET /v1/products/log-b', { headers: { 'x-visitor-id': 'v' } });
    expect(read).toMatchObject({ status: 200, body: { name: 'log-b' } });
    expect(String(read.headers['cache-status'])).toContain('detail=pending-unknown');
    expect(await asAdmin('DELETE /v1/admin/products/log-b')).toMatchObject({ status: 204 });
    await make('log-c');
    expect(await asAdmin('GET /v1/sessions/current')).toMatchObject({ status: 200 });

    await shop.queue.restart();
    await until(async () => (await edit('log-a', 'z')).status === 202, BACK);
  }, 60_000);
});

describe('a worker that is killed', () => {
  it('leaves nothing undone: another goes on with what it had claimed', async () => {
    await make('killed');
    const end = shop.startWorker();
    const edits = statusesOf(300, (index) => edit('killed', `n${index}`));
    await until(async () => (await truthOf('killed'))?.['name'] !== 'killed', BACK);
    end('SIGKILL');
    expect(await edits).toEqual({ 202: 300 });
    const final = await edit('killed', 'final');
    expect(final.status).toBe(202);
    await until(async () => (await truthOf('killed'))?.['name'] === 'final', { withinMs: 15_000 });
  }, 60_000);
});
