import { Cache, Preloading } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { productById } from '@larder/shop';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { createApp } from '../../apps/api/src/app.js';
import { type Answer, callerOf, emptyDatabaseOf, testSettings } from '../support/api.js';
import { aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';

const TICK_MS = 10_000;
const SETTLED = { withinMs: 10_000 };
const AHEAD = '/v1/admin/cache/ahead';
const LONGEST_VISITOR = 'v'.repeat(63);

// It ticks by hand, and kills the Redis of what is learned.
describe('cache-ahead in the shop', () => {
  let cacheRedis: LocalServer;
  let queue: LocalServer;
  let uri: string;
  const open = new Set<NestFastifyApplication>();
  const start = async (changes: Readonly<Record<string, string>> = {}): Promise<NestFastifyApplication> => {
    const servers = { REDIS_URL: cacheRedis.url, QUEUE_REDIS_URL: queue.url, ...changes };
    const app = await createApp(testSettings(uri, servers), pino({ level: 'silent' }));
    open.add(app);
    return app;
  };
  const preloadingOf = (app: NestFastifyApplication): Preloading => app.get(Preloading, { strict: false });
  const views = async (app: NestFastifyApplication, visitor: string, ...ids: string[]): Promise<void> => {
    for (const id of ids) {
      const { status } = await callerOf(app)(`GET /v1/products/${id}`, { headers: { 'x-visitor-id': visitor } });
      expect([id, status]).toEqual([id, 200]);
    }
    await preloadingOf(app).send();
  };
  const headersOf = async (app: NestFastifyApplication): Promise<Record<string, string>> => {
    const body = { email: 'admin@larder.test', password: 'the first password' };
    const { body: session } = await callerOf(app)('POST /v1/sessions', { body });
    return { authorization: `Bearer ${String(session?.['accessToken'])}` };
  };
  const ahead = async (app: NestFastifyApplication): Promise<Answer> =>
    callerOf(app)(`GET ${AHEAD}`, { headers: await headersOf(app) });
  const relatedTo = async (app: NestFastifyApplication, id: string): Promise<string[]> => {
    const { status, body } = await callerOf(app)(`GET /v1/products/${id}/related?limit=20`);
    expect(status).toBe(200);
    return (body?.['items'] as { id: string }[]).map((item) => item.id);
  };

  beforeAll(async () => {
    [cacheRedis, queue] = await Promise.all([aRedis({ role: 'cache' }), aRedis({ role: 'queue' })]);
    uri = await emptyDatabaseOf(import.meta.filename);
    const app = await start();
    const headers = await headersOf(app);
    const make = async (id: string, category: string): Promise<void> => {
      const body = { id, sku: id, name: id, category, price: { amount: 1, currency: 'USD' }, stock: 3 };
      expect(await callerOf(app)('POST /v1/admin/products', { headers, body })).toMatchObject({ status: 201 });
    };
    for (const id of ['bed', 'bench', 'bunk']) await make(id, 'Furniture');
    for (const id of ['mattress', 'pillow', 'quilt']) await make(id, 'Textiles');
  });
  afterAll(async () => {
    await Promise.all([...open].map((app) => app.close()));
    await Promise.all([cacheRedis.stop(), queue.stop()]);
  });

  it('reports zeros before the first tick', async () => {
    const [app] = open;
    expect(app && (await ahead(app))).toMatchObject({
      status: 200,
      body: {
        ...{ tracked: 0, preloaded: 0, used: 0, wasted: 0, hottest: [], regions: [] },
        budget: { perTick: 0, spent: 0 },
      },
    });
  });

  it('shows what visitors of any instance view too before the category, and reports it', async () => {
    const [first, second] = [[...open][0] as NestFastifyApplication, await start()];
    for (const visitor of ['1', '2', '3']) {
      await views(first, `${LONGEST_VISITOR}${visitor}`, 'bed');
      await views(second, `${LONGEST_VISITOR}${visitor}`, 'mattress');
    }
    await views(second, 'w', 'bench', 'quilt', 'pillow');

    expect(await preloadingOf(first).tick(TICK_MS)).toMatchObject({ isHeld: true });

    expect(await relatedTo(second, 'bed')).toEqual(['mattress', 'bench', 'bunk']);
    const { status, body } = await ahead(second);
    expect(status).toBe(200);
    expect(body).toMatchObject({ tracked: 5, budget: { perTick: 100 } });
    expect(body?.['hottest']).toContainEqual({
      key: 'product:bed',
      score: expect.closeTo(3, 1) as unknown,
      followers: [{ key: 'product:mattress', weight: expect.closeTo(3, 1) as unknown }],
    });
    expect(body?.['regions']).toContainEqual(expect.objectContaining({ region: 'product', tracked: 5 }));
  });

  it('learns nothing of requests that name no product, nor of visitors that are none', async () => {
    const [app] = open as unknown as [NestFastifyApplication];
    const call = callerOf(app);
    for (const visitor of ['v'.repeat(65), 'a b', 'tab\there', 'ümlaut', ''])
      expect([visitor, (await call('GET /v1/products/bed', { headers: { 'x-visitor-id': visitor } })).status]).toEqual([
        visitor,
        400,
      ]);
    for (const id of ['none', 'nothing'])
      expect(await call(`GET /v1/products/${id}`, { headers: { 'x-visitor-id': 'w' } })).toMatchObject({ status: 404 });
    await preloadingOf(app).send();

    expect(await preloadingOf(app).tick(TICK_MS)).toMatchObject({ isHeld: true, learned: 0 });
  });

  it('learns nothing of a machine that views everything', async () => {
    const [app] = open as unknown as [NestFastifyApplication];
    const before = (await ahead(app)).body?.['hottest'];
    const ids = Array.from({ length: 240 }, (_, at) => (at % 2 === 0 ? 'bunk' : 'pillow'));
    await views(app, 'bot', ...ids);
    await preloadingOf(app).tick(TICK_MS);

    const { body } = await ahead(app);

    const scoreOf = (key: string): number =>
      (body?.['hottest'] as { key: string; score: number }[]).find((one) => one.key === key)?.score ?? 0;
    expect(before).toHaveLength(5);
    expect(scoreOf('product:bunk')).toBeLessThanOrEqual(100);
  });

  it('is in the near store of an instance that starts', async () => {
    const app = await start();

    const { near } = app.get(Cache, { strict: false }).administration.describe(productById.name).counters;

    expect(near.entries).toBeGreaterThanOrEqual(5);
    await until(async () => {
      const { headers } = await callerOf(app)('GET /v1/products?ids=bed');
      return headers['cache-status'] === 'larder; hit; detail=near';
    }, SETTLED);
  });

  describe('while its Redis is away', () => {
    beforeAll(() => queue.kill('SIGKILL'));
    afterAll(() => queue.restart());

    it('starts at once and shows the category alone', async () => {
      const startedAt = performance.now();
      const app = await start({ REDIS_URL: queue.url });
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      expect(await relatedTo(app, 'bed')).toEqual(['bench', 'bunk']);
    });

    it('says so to who asks for its report, and what to do', async () => {
      const [app] = open as unknown as [NestFastifyApplication];
      await until(() => !preloadingOf(app).isAvailable, SETTLED);
      const answer = await ahead(app);
      expect(answer).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1' },
        body: {
          type: 'urn:larder:problem:cache-ahead-unavailable',
          detail: expect.stringContaining('Try again') as unknown,
        },
      });
    });

    it('goes on serving views', async () => {
      const [app] = open as unknown as [NestFastifyApplication];
      await views(app, 'somebody', 'bed', 'mattress');
    });
  });

  it('goes on learning once it is back', async () => {
    const [app] = open as unknown as [NestFastifyApplication];
    await until(() => preloadingOf(app).isAvailable, SETTLED);
    await views(app, 'another', 'bed', 'mattress');
    await until(async () => (await preloadingOf(app).tick(TICK_MS)).learned > 0, SETTLED);
  });
});
