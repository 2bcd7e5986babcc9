import { createHash } from 'node:crypto';
import { USER } from '@larder/shop';
import { getConnectionToken } from '@nestjs/mongoose';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Connection } from 'mongoose';
import { anAddress } from '../support/api.js';
import {
  aCustomer,
  ADMIN,
  anAdminToken,
  anEmail,
  type Answer,
  becomes,
  call,
  Instances,
  PASSWORD,
  signIn,
  statusOf,
} from './instances.js';

// What is kept and logged, and instances with settings and addresses of their own: none of it can be had by a URL.
describe('sessions within', () => {
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

  it('keep the refresh token as a digest alone', async () => {
    const { sessionId, refreshToken } = await aCustomer(here);

    const kept = await connection.collection<{ _id: string }>('sessions').findOne({ _id: sessionId });

    expect(JSON.stringify(kept)).not.toContain(refreshToken);
    expect(kept).toMatchObject({ refresh: { digest: createHash('sha256').update(refreshToken).digest('hex') } });
  });

  it('move their last access, and with it their end', async () => {
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

  it('are refused for a while after three failures at once from one address, and from that one alone', async () => {
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

  it('are decided by MongoDB alone while no Redis answers, and the limits hold', async () => {
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

    const wrong = { body: { email, password: 'wrong' }, address: anAddress() };
    const guesses = await Promise.all(Array.from({ length: 6 }, () => call(alone, 'POST /v1/sessions', wrong)));
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(3);
  });

  it('behind a trusted proxy count the client that the last hop names, not what that client claims', async () => {
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

  it('have one first administrator, made by instances that start together, who keeps the password', async () => {
    const late = await instances.start({ ADMIN_PASSWORD: 'another password' });

    expect(await connection.model(USER).countDocuments({ email: ADMIN.email })).toBe(1);
    const changed = { email: ADMIN.email, password: 'another password' };
    expect((await call(late, 'POST /v1/sessions', { body: changed })).status).toBe(401);
    expect((await signIn(late, ADMIN.email, ADMIN.password)).user).toMatchObject({ roles: ['admin'] });
  });

  it('leave no password and no token in the log', async () => {
    const { accessToken, refreshToken } = await aCustomer(here);
    await call(here, 'POST /v1/sessions', { body: { email: { broken: PASSWORD }, password: PASSWORD } });
    await call(here, 'GET /v1/sessions/current', { token: accessToken });

    expect(instances.logged.length).toBeGreaterThan(0);
    const text = instances.logged.join('');
    for (const secret of [PASSWORD, ADMIN.password, accessToken, refreshToken]) expect(text).not.toContain(secret);
  });
});
