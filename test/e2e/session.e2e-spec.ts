import { createHash, randomUUID } from 'node:crypto';
import { getConnectionToken } from '@nestjs/mongoose';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Connection } from 'mongoose';
import {
  aCustomer,
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
  type Answer,
} from '../session/instances.js';

describe('sessions', () => {
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
      const { email } = await aCustomer(here);

      const { status } = await call(there, 'POST /v1/users', {
        body: { email: email.toUpperCase(), password: PASSWORD, name: 'Eve' },
      });

      expect(status).toBe(409);
    });

    it('happens once for one Idempotency-Key', async () => {
      const request = {
        body: { email: anEmail(), password: PASSWORD, name: 'Ada' },
        headers: { 'idempotency-key': randomUUID() },
      };

      const first = await call(here, 'POST /v1/users', request);
      const second = await call(there, 'POST /v1/users', request);

      expect(first.status).toBe(201);
      expect(second).toMatchObject({ status: 201, body: first.body });
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
      const { email, user, ...first } = await aCustomer(here);

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
      const { email, sessionId } = await aCustomer(here);

      expect((await signIn(here, email)).sessionId).not.toBe(sessionId);
      const chosen = { email, password: PASSWORD, sessionId: 'x'.repeat(32) };
      expect((await call(here, 'POST /v1/sessions', { body: chosen })).status).toBe(400);
    });

    it('is refused alike for a wrong password and for an unknown e-mail', async () => {
      const { email } = await aCustomer(here);

      const wrong = await call(here, 'POST /v1/sessions', { body: { email, password: 'wrong' } });
      const unknown = await call(here, 'POST /v1/sessions', { body: { email: anEmail(), password: 'wrong' } });

      expect(wrong.status).toBe(401);
      expect(wrong.headers['www-authenticate']).toMatch(/^Bearer/);
      expect({ ...unknown.body, instance: '' }).toEqual({ ...wrong.body, instance: '' });
      expect(Object.keys(unknown.headers).sort()).toEqual(Object.keys(wrong.headers).sort());
    });

    it('is refused for a while after three failures from one address, whatever that address claims to forward', async () => {
      const { email } = await aCustomer(here);
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
      const { sessionId, refreshToken } = await aCustomer(here);

      const kept = await connection.collection<{ _id: string }>('sessions').findOne({ _id: sessionId });

      expect(JSON.stringify(kept)).not.toContain(refreshToken);
      expect(kept).toMatchObject({ refresh: { digest: createHash('sha256').update(refreshToken).digest('hex') } });
    });
  });

  describe('a session in use', () => {
    it('moves its last access, and with it its end', async () => {
      const { sessionId, accessToken } = await aCustomer(here);
      const anHourAgo = new Date(Date.now() - 3_600_000);
      await connection
        .collection<{ _id: string }>('sessions')
        .updateOne({ _id: sessionId }, { $set: { lastAccess: anHourAgo } });
      const lastAccess = async (): Promise<number> => {
        const { body } = await call(there, 'GET /v1/sessions/current', { token: accessToken });
        return Math.sign(Date.parse(String(body['lastAccess'])) - anHourAgo.getTime());
      };

      expect(await lastAccess()).toBe(0);

      await becomes(1, lastAccess);
    });
  });

  describe('a session that ends', () => {
    it('is over everywhere within 100 ms of signing out', async () => {
      const { accessToken } = await aCustomer(here);
      expect(await statusOf(there, accessToken)).toBe(200); // the other instance now keeps it near

      expect((await call(here, 'DELETE /v1/sessions/current', { token: accessToken })).status).toBe(204);

      expect(await statusOf(here, accessToken)).toBe(401);
      expect(await becomes(401, () => statusOf(there, accessToken))).toBeLessThan(BOUND_MS);
    });

    it('can be another one of mine, but nobody else’s', async () => {
      const [mine, others] = [await aCustomer(here), await aCustomer(here)];
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
      const first = await aCustomer(here);
      const second = await signIn(there, first.email);
      const listed = await call(here, 'GET /v1/sessions', { token: first.accessToken });
      expect(listed.body['items']).toHaveLength(2);

      expect((await call(here, 'DELETE /v1/sessions', { token: first.accessToken })).status).toBe(204);

      expect(await statusOf(here, first.accessToken)).toBe(401);
      expect(await becomes(401, () => statusOf(there, second.accessToken))).toBeLessThan(BOUND_MS);
      expect(await statusOf(here, (await signIn(here, first.email)).accessToken)).toBe(200);
    });

    it('can be ended by an administrator', async () => {
      const { user, accessToken } = await aCustomer(here);

      expect((await call(here, `DELETE /v1/admin/users/${user.id}/sessions`, { token: accessToken })).status).toBe(403);
      expect(
        (await call(here, `DELETE /v1/admin/users/${user.id}/sessions`, { token: await anAdminToken(here) })).status,
      ).toBe(204);

      expect(await statusOf(here, accessToken)).toBe(401);
    });
  });
});
