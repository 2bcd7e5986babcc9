import type { Answer } from '../support/api.js';
import { aCustomer, anEmail, bearer, PASSWORD, patiently, type SignedIn, signIn } from '../support/e2e/accounts.js';
import { closeInstances, type Instances, theInstances } from '../support/e2e/instances.js';
import { until } from '../support/until.js';

const BOUND = { withinMs: 100 };
const DAY_MS = 86_400_000;

describe('an account', () => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await theInstances(import.meta.filename);
  });
  afterAll(() => closeInstances(import.meta.filename));

  const register = (change: object = {}): Promise<Answer> =>
    instances.entry.call('POST /v1/users', {
      body: { email: anEmail(), password: PASSWORD, name: 'Ada', ...change },
    });
  const attempt = (email: string, password: string): Promise<Answer> =>
    patiently(() => instances.entry.call('POST /v1/sessions', { body: { email, password } }));
  const statusAt = async (at: 'first' | 'second', { accessToken }: SignedIn): Promise<number> =>
    (await instances[at].call('GET /v1/sessions/current', { headers: bearer(accessToken) })).status;

  describe('that is registered', () => {
    it('is a customer, whose password is told nobody, and takes its e-mail for good', async () => {
      const email = anEmail();

      const made = await register({ email: ` ${email.toUpperCase()}` });

      expect(made.status).toBe(201);
      expect(made.body).toEqual({ id: expect.any(String) as string, email, name: 'Ada', roles: ['customer'] });
      expect(await register({ email: email.toUpperCase(), name: 'Eve' })).toMatchObject({ status: 409 });
    });

    it.each([
      { roles: ['admin'] },
      { _id: 'mine' },
      { epoch: 1 },
      { email: { $ne: '' } },
      { email: 'no address' },
      { password: 'short' },
      { password: 'p'.repeat(10_240) },
      { name: 'n'.repeat(10_240) },
      { name: 'Ada\r\nBcc: all' },
    ])('is refused with %j', async (change) => {
      expect(await register(change)).toMatchObject({ status: 400 });
    });
  });

  describe('that signs in', () => {
    let account: SignedIn;
    beforeAll(async () => {
      account = await aCustomer(instances.first.call);
    });

    it('has a session that every instance knows', async () => {
      const { status, headers, body } = await instances.second.as(account)('GET /v1/sessions/current');

      expect(status).toBe(200);
      expect(headers['cache-control']).toMatch(/private|no-store/);
      expect(body).toMatchObject({
        sessionId: account.sessionId,
        user: account.user,
        permissions: [],
        preferences: {},
      });
      expect(Date.parse(String(body?.['expiresAt'])) - Date.parse(String(body?.['lastAccess']))).toBe(DAY_MS);
    });

    it('gets a fresh id each time, and chooses none', async () => {
      const { email } = account.user;
      expect((await signIn(instances.second.call, email)).sessionId).not.toBe(account.sessionId);
      const body = { email, password: PASSWORD, sessionId: 'x'.repeat(32) };
      expect(await instances.entry.call('POST /v1/sessions', { body })).toMatchObject({ status: 400 });
    });

    it('is refused alike for a wrong password and for an unknown e-mail', async () => {
      const wrong = await attempt(account.user.email, 'wrong');
      const unknown = await attempt(anEmail(), 'wrong');

      expect(wrong.status).toBe(401);
      expect(wrong.headers['www-authenticate']).toMatch(/^Bearer/);
      expect({ ...unknown.body, instance: '' }).toEqual({ ...wrong.body, instance: '' });
      expect(Object.keys(unknown.headers).sort()).toEqual(Object.keys(wrong.headers).sort());
    });

    it('is refused for a while after ten failures, whatever address it claims to come from', async () => {
      const email = anEmail();
      for (let failure = 1; failure <= 10; failure += 1)
        expect(await attempt(email, 'wrong')).toMatchObject({ status: 401 });

      const refused = await instances.entry.call('POST /v1/sessions', {
        body: { email, password: PASSWORD },
        headers: { 'x-forwarded-for': '10.1.2.3' },
      });

      expect(refused.status).toBe(429);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect((await signIn(instances.entry.call, account.user.email)).user).toEqual(account.user);
    });
  });

  describe('that signs out', () => {
    let email: string;
    let stranger: SignedIn;
    beforeAll(async () => {
      ({ email } = (await aCustomer(instances.first.call)).user);
      stranger = await aCustomer(instances.first.call);
    });

    it('is out everywhere within 100 ms', async () => {
      const session = await signIn(instances.first.call, email);
      expect(await statusAt('second', session)).toBe(200); // the second instance now keeps it near

      expect(await instances.first.as(session)('DELETE /v1/sessions/current')).toMatchObject({ status: 204, text: '' });

      await until(async () => (await statusAt('first', session)) === 401, BOUND);
      await until(async () => (await statusAt('second', session)) === 401, BOUND);
    });

    it('ends another session of its own, but nobody else’s', async () => {
      const mine = await signIn(instances.first.call, email);
      const other = await signIn(instances.first.call, email);
      const end = (id: string): Promise<Answer> => instances.first.as(mine)(`DELETE /v1/sessions/${id}`);

      expect(await end(stranger.sessionId)).toMatchObject({ status: 404 });
      expect(await end(other.sessionId)).toMatchObject({ status: 204 });
      expect(await end('*')).toMatchObject({ status: 400 });

      await until(async () => (await statusAt('first', other)) === 401, BOUND);
      expect(await statusAt('first', mine)).toBe(200);
      expect(await statusAt('first', stranger)).toBe(200);
    });

    it('ends all of its sessions at once', async () => {
      const first = await signIn(instances.first.call, email);
      const second = await signIn(instances.second.call, email);
      const { body } = await instances.first.as(first)('GET /v1/sessions');
      const listed = body?.['items'] as { sessionId: string; isCurrent: boolean }[];
      expect(listed).toContainEqual(expect.objectContaining({ sessionId: first.sessionId, isCurrent: true }));
      expect(listed).toContainEqual(expect.objectContaining({ sessionId: second.sessionId, isCurrent: false }));

      expect(await instances.first.as(first)('DELETE /v1/sessions')).toMatchObject({ status: 204 });

      for (const session of [first, second])
        await until(async () => (await statusAt('second', session)) === 401, BOUND);
      expect(await statusAt('first', await signIn(instances.first.call, email))).toBe(200);
      expect(await statusAt('second', stranger)).toBe(200);
    });

    it('can be put out by an administrator', async () => {
      const line = `DELETE /v1/admin/users/${stranger.user.id}/sessions`;
      expect(await instances.first.as(stranger)(line)).toMatchObject({ status: 403 });
      expect(await instances.first.as('admin')(line)).toMatchObject({ status: 204 });
      await until(async () => (await statusAt('second', stranger)) === 401, BOUND);
    });
  });
});
