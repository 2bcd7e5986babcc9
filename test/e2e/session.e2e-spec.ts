import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { parseSettings, type Settings } from '@larder/config';
import { USER } from '@larder/shop';
import { getConnectionToken } from '@nestjs/mongoose';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Connection } from 'mongoose';
import { createConnection } from 'mongoose';
import { pino } from 'pino';
import { createApp } from '../../apps/api/src/app.js';

const ADMIN = { email: 'admin@larder.test', password: 'the first password' };
const PASSWORD = 'correct horse battery';
const BOUND_MS = 100;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown>;
}
interface SignedIn {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: { readonly id: string };
}

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly security?: unknown }>>>>;
}

const anAddress = (): string => [10, ...randomBytes(3)].join('.');
const anEmail = (): string => `${randomUUID()}@example.com`;

const database = new URL(process.env['MONGODB_URI'] ?? '');
database.pathname = `/t_${createHash('sha256')
  .update(import.meta.filename)
  .digest('hex')
  .slice(0, 16)}`;

const settingsOf = (changes: Record<string, string> = {}): Settings =>
  parseSettings({
    ...process.env,
    MONGODB_URI: database.href,
    ACCESS_TOKEN_KEYS: 'test:a secret that is thirty-two bytes long',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    RATE_LIMIT_SIGN_IN_FAILURES: '3/15m',
    ...changes,
  });

describe('sessions', () => {
  const apps: NestFastifyApplication[] = [];
  const logged: string[] = [];
  let here: NestFastifyApplication;
  let there: NestFastifyApplication;
  let connection: Connection;

  const started = async (settings: Settings): Promise<NestFastifyApplication> => {
    const app = await createApp(
      settings,
      pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) }),
    );
    apps.push(app);
    return app;
  };

  beforeAll(async () => {
    const cleaner = await createConnection(database.href).asPromise();
    await cleaner.dropDatabase();
    await cleaner.close();
    [here, there] = await Promise.all([started(settingsOf()), started(settingsOf())]);
    connection = here.get<Connection>(getConnectionToken());
  });
  afterAll(() => Promise.all(apps.map((app) => app.close())));

  const call = async (
    app: NestFastifyApplication,
    line: string,
    {
      body,
      token,
      address = anAddress(),
      headers = {},
    }: { body?: object; token?: string; address?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> => {
    const [method, url] = line.split(' ') as ['GET', string];
    const response = await app.inject({
      method,
      url,
      remoteAddress: address,
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
      ...(body && { payload: body }),
    });
    const text = response.body;
    return {
      status: response.statusCode,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Answer['body'],
    };
  };
  const signIn = async (app: NestFastifyApplication, email: string, password = PASSWORD): Promise<SignedIn> => {
    const { status, body } = await call(app, 'POST /v1/sessions', { body: { email, password } });
    expect(status).toBe(201);
    return body as unknown as SignedIn;
  };
  const aCustomer = async (): Promise<SignedIn & { email: string }> => {
    const email = anEmail();
    expect((await call(here, 'POST /v1/users', { body: { email, password: PASSWORD, name: 'Ada' } })).status).toBe(201);
    return { ...(await signIn(here, email)), email };
  };
  const asAdmin = async (): Promise<string> => (await signIn(here, ADMIN.email, ADMIN.password)).accessToken;
  const statusOf = async (app: NestFastifyApplication, token: string): Promise<number> =>
    (await call(app, 'GET /v1/sessions/current', { token })).status;
  const becomes = async (expected: number, ask: () => Promise<number>): Promise<number> => {
    const startMs = performance.now();
    while ((await ask()) !== expected) if (performance.now() - startMs > 5_000) throw new Error(`never ${expected}`);
    return performance.now() - startMs;
  };

  describe('registering', () => {
    it('makes a customer and tells nothing of the password', async () => {
      const email = anEmail();

      const { status, body } = await call(here, 'POST /v1/users', {
        body: { email: ` ${email.toUpperCase()}`, password: PASSWORD, name: 'Ada' },
      });

      expect(status).toBe(201);
      expect(body).toEqual({ id: expect.any(String) as string, email, name: 'Ada', roles: ['customer'] });
    });

    it('is refused for an e-mail that is taken, however it is written', async () => {
      const { email } = await aCustomer();

      const { status } = await call(there, 'POST /v1/users', {
        body: { email: email.toUpperCase(), password: PASSWORD, name: 'Eve' },
      });

      expect(status).toBe(409);
    });

    it.each([{ roles: ['admin'] }, { _id: 'mine' }, { epoch: 1 }, { email: { $ne: '' } }, { password: 'short' }])(
      'is refused with %j',
      async (change) => {
        const body = { email: anEmail(), password: PASSWORD, name: 'Ada', ...change };
        expect((await call(here, 'POST /v1/users', { body })).status).toBe(400);
      },
    );
  });

  describe('signing in', () => {
    it('opens a session that every instance knows', async () => {
      const { email, user, ...first } = await aCustomer();

      const { status, headers, body } = await call(there, 'GET /v1/sessions/current', { token: first.accessToken });

      expect(status).toBe(200);
      expect(headers['cache-control']).toMatch(/private|no-store/);
      expect(body).toMatchObject({
        sessionId: first.sessionId,
        user: { id: user.id, email, name: 'Ada', roles: ['customer'] },
        permissions: [],
        preferences: {},
      });
      expect(Date.parse(String(body['expiresAt'])) - Date.parse(String(body['lastAccess']))).toBe(86_400_000);
    });

    it('gives a fresh id each time, and takes none from the client', async () => {
      const { email, sessionId } = await aCustomer();

      expect((await signIn(here, email)).sessionId).not.toBe(sessionId);
      const chosen = { email, password: PASSWORD, sessionId: 'x'.repeat(32) };
      expect((await call(here, 'POST /v1/sessions', { body: chosen })).status).toBe(400);
    });

    it('is refused alike for a wrong password and for an unknown e-mail', async () => {
      const { email } = await aCustomer();

      const wrong = await call(here, 'POST /v1/sessions', { body: { email, password: 'wrong' } });
      const unknown = await call(here, 'POST /v1/sessions', { body: { email: anEmail(), password: 'wrong' } });

      expect(wrong.status).toBe(401);
      expect(wrong.headers['www-authenticate']).toMatch(/^Bearer/);
      expect({ ...unknown.body, instance: '' }).toEqual({ ...wrong.body, instance: '' });
      expect(Object.keys(unknown.headers).sort()).toEqual(Object.keys(wrong.headers).sort());
    });

    it('is refused for a while after three failures from one address, whatever that address claims to forward', async () => {
      const { email } = await aCustomer();
      const address = anAddress();
      const guess = (password: string): Promise<Answer> =>
        call(here, 'POST /v1/sessions', {
          body: { email, password },
          address,
          headers: { 'x-forwarded-for': anAddress() },
        });

      const guesses = await Promise.all(Array.from({ length: 8 }, () => guess('wrong')));
      const right = await guess(PASSWORD);

      expect(guesses.filter(({ status }) => status === 401)).toHaveLength(3);
      expect(right.status).toBe(429);
      expect(Number(right.headers['retry-after'])).toBeGreaterThan(0);
      expect((await signIn(there, email)).user).toBeDefined();
    });

    it('keeps the refresh token as a digest alone', async () => {
      const { sessionId, refreshToken } = await aCustomer();

      const kept = await connection.collection<{ _id: string }>('sessions').findOne({ _id: sessionId });

      expect(JSON.stringify(kept)).not.toContain(refreshToken);
      expect(kept).toMatchObject({ refresh: { digest: createHash('sha256').update(refreshToken).digest('hex') } });
    });
  });

  describe('a session that ends', () => {
    it('is over everywhere within 100 ms of signing out', async () => {
      const { accessToken } = await aCustomer();
      expect(await statusOf(there, accessToken)).toBe(200); // the other instance now keeps it near

      expect((await call(here, 'DELETE /v1/sessions/current', { token: accessToken })).status).toBe(204);

      expect(await statusOf(here, accessToken)).toBe(401);
      expect(await becomes(401, () => statusOf(there, accessToken))).toBeLessThan(BOUND_MS);
    });

    it('can be another one of mine, but nobody else’s', async () => {
      const [mine, others] = [await aCustomer(), await aCustomer()];
      const second = await signIn(here, mine.email);

      expect((await call(here, `DELETE /v1/sessions/${others.sessionId}`, { token: mine.accessToken })).status).toBe(
        404,
      );
      expect((await call(here, `DELETE /v1/sessions/${second.sessionId}`, { token: mine.accessToken })).status).toBe(
        204,
      );

      expect(await statusOf(here, second.accessToken)).toBe(401);
      expect(await statusOf(here, mine.accessToken)).toBe(200);
      expect(await statusOf(here, others.accessToken)).toBe(200);
    });

    it('can be all of mine at once', async () => {
      const first = await aCustomer();
      const second = await signIn(there, first.email);
      const listed = await call(here, 'GET /v1/sessions', { token: first.accessToken });
      expect(listed.body['items']).toHaveLength(2);

      expect((await call(here, 'DELETE /v1/sessions', { token: first.accessToken })).status).toBe(204);

      expect(await statusOf(here, first.accessToken)).toBe(401);
      expect(await becomes(401, () => statusOf(there, second.accessToken))).toBeLessThan(BOUND_MS);
      expect(await statusOf(here, (await signIn(here, first.email)).accessToken)).toBe(200);
    });

    it('can be ended by an administrator', async () => {
      const { user, accessToken } = await aCustomer();

      expect((await call(here, `DELETE /v1/admin/users/${user.id}/sessions`, { token: accessToken })).status).toBe(403);
      expect((await call(here, `DELETE /v1/admin/users/${user.id}/sessions`, { token: await asAdmin() })).status).toBe(
        204,
      );

      expect(await statusOf(here, accessToken)).toBe(401);
    });
  });

  describe('access', () => {
    const CHALLENGE = /^Bearer realm="larder", error="invalid_token"/;

    it('is refused without a token, and with the token of a session that never was', async () => {
      const { accessToken } = await aCustomer();
      const [header, payload] = accessToken.split('.') as [string, string];

      expect((await call(here, 'GET /v1/sessions/current')).headers['www-authenticate']).toBe('Bearer realm="larder"');
      for (const token of ['x', `${header}.${payload}.`, `${header}.${payload}.${'A'.repeat(43)}`, 'x'.repeat(9_000)]) {
        const { status, headers } = await call(here, 'GET /v1/sessions/current', { token });
        expect({ status, challenge: headers['www-authenticate'] }).toEqual({
          status: 401,
          challenge: expect.stringMatching(CHALLENGE) as string,
        });
      }
    });

    it('follows the roles on every instance within 100 ms', async () => {
      const { user, accessToken } = await aCustomer();
      const token = await asAdmin();
      const ask = async (): Promise<number> =>
        (await call(there, 'DELETE /v1/admin/users/nobody/sessions', { token: accessToken })).status;
      expect(await ask()).toBe(403);

      const granted = await call(here, `PUT /v1/admin/users/${user.id}/roles`, { token, body: { roles: ['admin'] } });
      expect(granted).toMatchObject({ status: 200, body: { id: user.id, roles: ['admin'], permissions: ['*'] } });
      expect(await becomes(404, ask)).toBeLessThan(BOUND_MS);

      await call(here, `PUT /v1/admin/users/${user.id}/roles`, { token, body: { roles: ['customer'] } });
      expect(await becomes(403, ask)).toBeLessThan(BOUND_MS);
      const current = await call(there, 'GET /v1/sessions/current', { token: accessToken });
      expect(current.body).toMatchObject({ user: { roles: ['customer'] }, permissions: [] });
    });

    it('is refused on every route that asks for it: without a token, with a bad one, and to customers under /v1/admin', async () => {
      const { accessToken } = await aCustomer();
      const [header, payload, signature] = accessToken.split('.') as [string, string, string];
      const none = Buffer.from('{"alg":"none","typ":"at+jwt","kid":"test"}').toString('base64url');
      const bad = [
        `${none}.${payload}.`,
        `${none}.${payload}.${signature}`,
        `${header}.${payload}.`,
        `${payload}.${payload}.${signature}`,
      ];
      const document = (await call(here, 'GET /docs-json')).body as unknown as ApiDocument;
      const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods)
          .filter(([, { security }]) => security !== undefined)
          .map(([method]) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, 'some-id')}`),
      );
      expect(routes.length).toBeGreaterThan(8);

      for (const route of routes) {
        for (const token of [undefined, ...bad]) {
          expect({ route, status: (await call(here, route, token === undefined ? {} : { token })).status }).toEqual({
            route,
            status: 401,
          });
        }
      }
      for (const route of routes.filter((line) => line.includes(' /v1/admin/'))) {
        expect({ route, status: (await call(here, route, { token: accessToken })).status }).toEqual({
          route,
          status: 403,
        });
      }
    });

    it('names the permission that is lacking', async () => {
      const { accessToken } = await aCustomer();

      const { status, headers } = await call(here, 'PUT /v1/admin/users/nobody/roles', {
        token: accessToken,
        body: { roles: [] },
      });

      expect(status).toBe(403);
      expect(headers['www-authenticate']).toContain('scope="users:write"');
    });

    it('answers 404 for a user who is not there', async () => {
      const { status } = await call(here, 'PUT /v1/admin/users/nobody/roles', {
        token: await asAdmin(),
        body: { roles: [] },
      });
      expect(status).toBe(404);
    });
  });

  describe('the first administrator', () => {
    it('is made once by instances that start together, and keeps the password', async () => {
      const late = await started(settingsOf({ ADMIN_PASSWORD: 'another password' }));

      expect(await connection.model(USER).countDocuments({ email: ADMIN.email })).toBe(1);
      const changed = { email: ADMIN.email, password: 'another password' };
      expect((await call(late, 'POST /v1/sessions', { body: changed })).status).toBe(401);
      expect((await signIn(late, ADMIN.email, ADMIN.password)).user).toMatchObject({ roles: ['admin'] });
    });
  });

  it('leaves no password and no token in the log', async () => {
    const { accessToken, refreshToken } = await aCustomer();
    await call(here, 'POST /v1/sessions', { body: { email: { broken: PASSWORD }, password: PASSWORD } });
    await call(here, 'GET /v1/sessions/current', { token: accessToken });

    expect(logged.length).toBeGreaterThan(0);
    const text = logged.join('');
    for (const secret of [PASSWORD, ADMIN.password, accessToken, refreshToken]) expect(text).not.toContain(secret);
  });
});
