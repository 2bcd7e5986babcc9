import { USER } from '@larder/shop';
import { getConnectionToken } from '@nestjs/mongoose';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Connection } from 'mongoose';
import {
  aCustomer,
  ADMIN,
  anAddress,
  anAdminToken,
  anEmail,
  becomes,
  BOUND_MS,
  call,
  Instances,
  PASSWORD,
  signIn,
  statusOf,
} from '../session/instances.js';

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly security?: unknown }>>>>;
}

describe('access', () => {
  let instances: Instances;
  let here: NestFastifyApplication;
  let there: NestFastifyApplication;
  let connection: Connection;

  beforeAll(async () => {
    instances = await Instances.over(import.meta.filename);
    [here, there] = await Promise.all([instances.start(), instances.start()]);
    connection = here.get<Connection>(getConnectionToken());
  });
  afterAll(() => instances.close());

  describe('to a route', () => {
    const CHALLENGE = /^Bearer realm="larder", error="invalid_token"/;

    it('is refused without a token, and with the token of a session that never was', async () => {
      const { accessToken } = await aCustomer(here);
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
      const { user, accessToken } = await aCustomer(here);
      const token = await anAdminToken(here);
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
      const { accessToken } = await aCustomer(here);
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
      const { accessToken } = await aCustomer(here);

      const { status, headers } = await call(here, 'PUT /v1/admin/users/nobody/roles', {
        token: accessToken,
        body: { roles: [] },
      });

      expect(status).toBe(403);
      expect(headers['www-authenticate']).toContain('scope="users:write"');
    });

    it('answers 404 for a user who is not there', async () => {
      const { status } = await call(here, 'PUT /v1/admin/users/nobody/roles', {
        token: await anAdminToken(here),
        body: { roles: [] },
      });
      expect(status).toBe(404);
    });
  });

  describe('while no Redis answers', () => {
    it('is decided by MongoDB alone, and the limits hold', async () => {
      const nobody = 'redis://127.0.0.1:1';
      const alone = await instances.start({ REDIS_URL: nobody, QUEUE_REDIS_URL: nobody });
      const { email, accessToken, user } = await aCustomer(here);
      expect(await statusOf(alone, accessToken)).toBe(200);

      const own = await signIn(alone, email);
      expect(await statusOf(alone, own.accessToken)).toBe(200);
      expect((await call(here, `DELETE /v1/sessions/${own.sessionId}`, { token: accessToken })).status).toBe(204);
      expect(await statusOf(alone, own.accessToken)).toBe(401);

      const roles = { token: await anAdminToken(here), body: { roles: ['support', 'operator'] } };
      expect((await call(here, `PUT /v1/admin/users/${user.id}/roles`, roles)).status).toBe(200);
      const { body } = await call(alone, 'GET /v1/sessions/current', { token: accessToken });
      expect(body['permissions']).toEqual(['cache:*', 'users:read']);

      const address = anAddress();
      const wrong = { body: { email, password: 'wrong' }, address };
      const guesses = await Promise.all(Array.from({ length: 6 }, () => call(alone, 'POST /v1/sessions', wrong)));
      expect(guesses.filter(({ status }) => status === 429)).toHaveLength(3);
    });
  });

  describe('behind a proxy that is trusted', () => {
    it('counts the client that the last hop names, not what that client claims', async () => {
      const behind = await instances.start({ TRUSTED_PROXIES: '1', RATE_LIMIT_REGISTRATION: '1/1h' });
      const register = async (client: string, claimed = ''): Promise<number> => {
        const body = { email: anEmail(), password: PASSWORD, name: 'Ada' };
        const headers = { 'x-forwarded-for': `${claimed}${client}` };
        return (await call(behind, 'POST /v1/users', { body, headers, address: '127.0.0.1' })).status;
      };
      const client = anAddress();

      expect(await register(client)).toBe(201);
      expect(await register(client, `${anAddress()}, `)).toBe(429);
      expect(await register(anAddress())).toBe(201);
    });
  });

  describe('the first administrator', () => {
    it('is made once by instances that start together, and keeps the password', async () => {
      const late = await instances.start({ ADMIN_PASSWORD: 'another password' });

      expect(await connection.model(USER).countDocuments({ email: ADMIN.email })).toBe(1);
      const changed = { email: ADMIN.email, password: 'another password' };
      expect((await call(late, 'POST /v1/sessions', { body: changed })).status).toBe(401);
      expect((await signIn(late, ADMIN.email, ADMIN.password)).user).toMatchObject({ roles: ['admin'] });
    });
  });

  it('leaves no password and no token in the log', async () => {
    const { accessToken, refreshToken } = await aCustomer(here);
    await call(here, 'POST /v1/sessions', { body: { email: { broken: PASSWORD }, password: PASSWORD } });
    await call(here, 'GET /v1/sessions/current', { token: accessToken });

    expect(instances.logged.length).toBeGreaterThan(0);
    const text = instances.logged.join('');
    for (const secret of [PASSWORD, ADMIN.password, accessToken, refreshToken]) expect(text).not.toContain(secret);
  });
});
