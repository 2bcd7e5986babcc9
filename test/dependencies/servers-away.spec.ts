import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { LocalServer } from '@larder/local-servers';
import { pino } from 'pino';
import { createApp } from '../../apps/api/src/app.js';
import { callerOf, type TestApi, testSettings } from '../support/api.js';
import { aMongo, aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';

const SETTLED = { withinMs: 10_000 };
const UNLIMITED = { RATE_LIMIT_SIGN_IN: '100000/1m', RATE_LIMIT_SIGN_IN_FAILURES: '100000/1m' };

jest.setTimeout(30_000);

// Its MongoDB and Redis are killed and started again, which nobody can ask of an instance that is known by its URL alone.
describe('an API whose servers come and go', () => {
  let app: NestFastifyApplication;
  let call: TestApi['call'];
  let mongo: LocalServer;
  let redis: LocalServer;
  const health = async (): Promise<unknown> => {
    const { status, body } = await call('GET /health/ready');
    return [status, body?.['dependencies']];
  };
  const untilHealth = (status: number, dependencies: object): Promise<void> =>
    until(async () => JSON.stringify(await health()) === JSON.stringify([status, dependencies]), SETTLED);
  // The first administrator is made once MongoDB is there, a moment after the API is ready.
  const admin = async (): Promise<Record<string, string>> => {
    let token: unknown;
    await until(async () => {
      const { body } = await call('POST /v1/sessions', {
        body: { email: 'admin@larder.test', password: 'the first password' },
      });
      token = body?.['accessToken'];
      return token !== undefined;
    }, SETTLED);
    return { authorization: `Bearer ${String(token)}` };
  };

  beforeAll(async () => {
    [mongo, redis] = await Promise.all([aMongo(), aRedis({ role: 'cache' })]);
    await Promise.all([mongo.kill(), redis.kill()]);
    const uri = new URL(mongo.url);
    uri.pathname = '/larder';
    app = await createApp(testSettings(uri.href, { REDIS_URL: redis.url, ...UNLIMITED }), pino({ level: 'silent' }));
    call = callerOf(app);
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([mongo.stop(), redis.stop()]);
  });

  it('starts with neither, is alive, is not ready, and asks to come again', async () => {
    expect(await call('GET /health/live')).toMatchObject({ status: 200 });
    expect(await health()).toEqual([503, { mongodb: 'down', redis: 'down' }]);
    const refused = await call('GET /v1/products/a');
    expect(refused).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.stringMatching(/^\d+$/) as unknown },
    });
    expect(refused.text).not.toMatch(/ECONNREFUSED|mongo|127\.0\.0\.1/i);
  });

  it('is degraded with MongoDB alone, and works without keeping anything', async () => {
    await mongo.restart();
    await untilHealth(200, { mongodb: 'up', redis: 'down' });

    expect((await call('GET /health/ready')).body).toMatchObject({ status: 'degraded' });
    const headers = await admin();
    const made = await call('POST /v1/admin/products', {
      headers,
      body: { id: 'a', sku: 'a', name: 'A', category: 'Things', price: { amount: 1, currency: 'USD' } },
    });
    expect(made).toMatchObject({ status: 201 });
    expect(await call('GET /v1/products/a')).toMatchObject({
      status: 200,
      headers: { 'cache-status': 'larder; fwd=bypass' },
    });
    expect(await call('GET /v1/categories')).toMatchObject({ status: 200, body: { items: [{ slug: 'things' }] } });
  });

  it('recovers by itself, and keeps what it reads again', async () => {
    await redis.restart();
    await untilHealth(200, { mongodb: 'up', redis: 'up' });

    expect((await call('GET /health/ready')).body).toMatchObject({ status: 'ready' });
    await until(async () => {
      const { headers } = await call('GET /v1/products/a');
      return String(headers['cache-status']).startsWith('larder; hit');
    }, SETTLED);
  });

  it.each(['SIGSTOP', 'SIGKILL'] as const)(
    'answers all, 99 of 100 within 600 ms, when Redis meets a %s',
    async (signal) => {
      const headers = await admin();
      const took: number[] = [];
      let amount = signal === 'SIGSTOP' ? 100 : 200;
      const timed = async (line: string, sent?: Parameters<typeof call>[1]): Promise<void> => {
        const startedAt = performance.now();
        const { status } = await call(line, sent);
        took.push(performance.now() - startedAt);
        expect([line, status]).toEqual([line, 200]);
      };
      await redis.kill(signal);

      for (let round = 0; round < 25; round += 1) {
        const reads = ['a', 'a', 'a'].map((id) => timed(`GET /v1/products/${id}`));
        await Promise.all([...reads, timed('GET /v1/products?ids=a'), timed('GET /v1/categories/things/products')]);
        amount += 1;
        await timed('PUT /v1/admin/products/a/price', { headers, body: { amount, currency: 'USD' } });
        expect(await call('GET /v1/products/a')).toMatchObject({ body: { price: { amount } } });
      }

      took.sort((a, b) => a - b);
      expect(took[Math.ceil(took.length * 0.99) - 1]).toBeLessThan(600);
      await (signal === 'SIGSTOP' ? redis.kill('SIGCONT') : redis.restart());
      await untilHealth(200, { mongodb: 'up', redis: 'up' });
      expect(await call('GET /v1/products/a')).toMatchObject({ body: { price: { amount } } });
    },
  );

  it('goes on answering what it has kept while MongoDB is away, and refuses the rest', async () => {
    const headers = await admin();
    await call('GET /v1/products/a');
    await mongo.kill();
    await untilHealth(503, { mongodb: 'down', redis: 'up' });

    expect(await call('GET /v1/products/a')).toMatchObject({ status: 200 });
    const refused = await call('PUT /v1/admin/products/a/price', { headers, body: { amount: 2, currency: 'USD' } });
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) as unknown } });
    await mongo.restart();
    await untilHealth(200, { mongodb: 'up', redis: 'up' });
  });
});
