import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Answer } from '../support/api.js';
import { type ApiProcess, ShopProcesses } from '../support/shop.processes.js';
import { until } from '../support/until.js';

const SETTLED = { withinMs: 30_000 };
/** How long a lock outlives its holder, and the time that the next one needs. */
const TAKEN_OVER = { withinMs: 60_000 };
// What is hot is left alone here, so that whatever is preloaded was a guess; any is good enough.
const GUESSES_ALONE = { product: { ahead: { leastScore: 1_000_000, leastWorth: 0.01, share: 10 } } };
const LOCK = 'larder:{lock:preload}';
const MODEL = 'larder:{ahead:product}:model';

let shop: ShopProcesses;
let folder: string;
let settings: Readonly<Record<string, string>>;
let apis: [ApiProcess, ApiProcess];
let admin: { authorization: string };
let queue: Redis;
let visitors = 0;

const startApis = async (): Promise<void> => {
  const [first, second] = await Promise.all([shop.startApi(settings), shop.startApi(settings)]);
  apis = [first, second];
  admin = await shop.adminHeaders(first);
};
const asAdmin = (line: string, body?: object): Promise<Answer> =>
  apis[0].call(line, { ...(body && { body }), headers: admin });
/** Views a product as a visitor, and answers its `Cache-Status`. */
const view = async (id: string, visitor: string, at: ApiProcess): Promise<string> => {
  const { status, headers, text } = await at.call(`GET /v1/products/${id}`, { headers: { 'x-visitor-id': visitor } });
  if (status !== 200) throw new Error(`${id} answered ${status}: ${text}`);
  return String(headers['cache-status']);
};
const chainOf = (name: string): string[] => [1, 2, 3].map((place) => `${name}-${place}`);
const makeChain = async (name: string): Promise<void> => {
  for (const id of chainOf(name)) {
    const body = { id, sku: id, name: id, category: 'Chains', price: { amount: 100, currency: 'USD' }, stock: 1 };
    const { status, text } = await asAdmin('POST /v1/admin/products', body);
    if (status !== 201) throw new Error(text);
  }
};
/** Three visitors view one product of the chain after the other, each on the other instance. */
const walk = async (name: string): Promise<void> => {
  for (let visitor = 0; visitor < 3; visitor += 1) {
    const who = `walker-${(visitors += 1)}`;
    for (const [place, id] of chainOf(name).entries()) await view(id, who, apis[place % 2 === 0 ? 0 : 1]);
  }
};
interface Report {
  readonly preloaded: number;
  readonly used: number;
  readonly hottest: readonly { readonly key: string }[];
}
const report = async (): Promise<Report> => {
  const { status, body, text } = await asAdmin('GET /v1/admin/cache/ahead');
  if (status !== 200) throw new Error(text);
  return body as unknown as Report;
};
const untilLearned = (name: string): Promise<void> =>
  until(async () => {
    const keys = (await report()).hottest.map(({ key }) => key);
    return chainOf(name).every((id) => keys.includes(`product:${id}`));
  }, SETTLED);
const isKept = async (id: string): Promise<boolean> =>
  (await asAdmin(`GET /v1/admin/cache/regions/product/entries/${id}`)).status === 200;
/**
 * Nothing of the chain is kept, a new visitor views the first of it, and the others come to be kept: answers how they are
 * read at once afterwards.
 */
const nextReads = async (name: string): Promise<string[]> => {
  const [first = '', ...next] = chainOf(name);
  expect(await asAdmin('DELETE /v1/admin/cache/regions/product')).toMatchObject({ status: 204 });
  // misses, of which the source may be asked a share for guesses
  for (const id of chainOf('spare')) await apis[0].call(`GET /v1/products/${id}`);
  const who = `newcomer-${(visitors += 1)}`;
  expect(await view(first, who, apis[0])).toContain('fwd=uri-miss');
  await until(async () => (await Promise.all(next.map(isKept))).every(Boolean), SETTLED);
  const statuses: string[] = [];
  for (const id of next) statuses.push(await view(id, who, apis[1]));
  return statuses;
};
const BOTH_SHARED = ['larder; hit; detail=shared', 'larder; hit; detail=shared'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-preload-'));
  const file = join(folder, 'regions.json');
  await writeFile(file, JSON.stringify(GUESSES_ALONE));
  settings = { REGIONS_FILE: file, PRELOAD_EVERY: '200ms' };
  shop = await ShopProcesses.open();
  queue = new Redis(shop.queue.url);
  await startApis();
  for (const name of ['bed', 'desk', 'lamp', 'spare']) await makeChain(name);
}, 120_000);
afterAll(async () => {
  queue.disconnect();
  await shop.close();
  await rm(folder, { recursive: true });
});

describe('what visitors view together, on any instance', () => {
  let killHolder: (signal: NodeJS.Signals) => void;
  const holder = (): Promise<string | null> => queue.get(LOCK);
  const revision = async (): Promise<number> => Number(await queue.hget(MODEL, 'revision'));

  it('is in the shared store before a new visitor asks for it, and counted as used', async () => {
    killHolder = shop.startWorker(settings);
    await until(async () => (await holder()) !== null, SETTLED);
    shop.startWorker(settings);
    expect(await report()).toMatchObject({ preloaded: 0, used: 0 });
    await walk('bed');
    await untilLearned('bed');

    expect(await nextReads('bed')).toEqual(BOTH_SHARED);

    await until(async () => (await report()).used === 2, SETTLED);
    expect(await report()).toMatchObject({ preloaded: 2 }); // by one worker: by both it would be more
  }, 120_000);

  it('is learned and loaded by one worker, and by the other once that one is killed', async () => {
    const [before, learned] = [await holder(), await revision()];
    const { preloaded } = await report();
    await walk('desk');
    await untilLearned('desk');
    expect(await revision()).toBeGreaterThan(learned);
    expect(await holder()).toBe(before);

    killHolder('SIGKILL');
    await until(async () => ![before, null].includes(await holder()), TAKEN_OVER);

    expect(await nextReads('desk')).toEqual(BOTH_SHARED);
    expect((await report()).preloaded).toBeGreaterThanOrEqual(preloaded + 2); // it goes on from what the one before had stored
  }, 180_000);

  it('is known again after a restart of every process', async () => {
    const before = await holder();
    await shop.killProcesses();
    await startApis();
    expect((await report()).hottest.map(({ key }) => key)).toEqual(expect.arrayContaining(['product:bed-1']));
    const { body } = await asAdmin('GET /v1/admin/cache/regions/product');
    expect(body?.['counters']).toMatchObject({ misses: 0 }); // what was warmed came from the shared store

    shop.startWorker(settings);
    await until(async () => ![before, null].includes(await holder()), TAKEN_OVER);
    expect(await nextReads('bed')).toEqual(BOTH_SHARED);
  }, 180_000);

  it('is loaded again after the cache Redis lost everything', async () => {
    const cache = new Redis(shop.redis.url);
    await cache.flushall();
    cache.disconnect();

    for (const at of apis) for (const id of chainOf('desk')) await view(id, 'somebody', at);
    expect(await nextReads('desk')).toEqual(BOTH_SHARED);
  }, 120_000);

  it('is learned anew after the Redis of what was learned lost everything', async () => {
    await queue.flushall();

    await walk('lamp');
    await untilLearned('lamp');

    expect(await nextReads('lamp')).toEqual(BOTH_SHARED);
  }, 120_000);
});
