import { aCustomer, bearer, type Role, tokenOf } from '../support/e2e/accounts.js';
import { closeInstances, type Instances, theInstances } from '../support/e2e/instances.js';
import { anId } from '../support/e2e/products.js';
import { until } from '../support/until.js';

const BOUND = { withinMs: 100 };
const CHALLENGE = /^Bearer realm="larder", error="invalid_token"/;
const NONE = Buffer.from('{"alg":"none","typ":"at+jwt","kid":"test"}').toString('base64url');

describe('access', () => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await theInstances(import.meta.filename);
  });
  afterAll(() => closeInstances(import.meta.filename));

  it('is refused without a token, and with one that nobody has signed', async () => {
    const token = await tokenOf(instances.entry.call, 'customer');
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const ask = (headers: Record<string, string>): ReturnType<typeof instances.entry.call> =>
      instances.entry.call('GET /v1/sessions/current', { headers });

    expect((await ask(bearer(token))).status).toBe(200);
    expect((await ask({})).headers['www-authenticate']).toBe('Bearer realm="larder"');
    for (const bad of [
      'x',
      `${header}.${payload}.`,
      `${header}.${payload}.${'A'.repeat(43)}`,
      `${payload}.${payload}.${signature}`,
      `${NONE}.${payload}.`,
      `${NONE}.${payload}.${signature}`,
      'x'.repeat(9_000),
    ]) {
      const { status, headers } = await ask(bearer(bad));
      expect({ status, challenge: headers['www-authenticate'] }).toEqual({
        status: 401,
        challenge: expect.stringMatching(CHALLENGE) as string,
      });
    }
    expect((await ask({ authorization: `Basic ${Buffer.from('a:b').toString('base64')}` })).status).toBe(401);
  });

  it('names the permission that is lacking', async () => {
    const { status, headers } = await instances.entry.as('customer')('PUT /v1/admin/users/nobody/roles', {
      body: { roles: [] },
    });
    expect(status).toBe(403);
    expect(headers['www-authenticate']).toContain('scope="users:write"');
  });

  it.each<[Role, number, number, number]>([
    ['customer', 403, 403, 403],
    ['merchandiser', 404, 404, 403],
    ['support', 403, 403, 403],
    ['operator', 403, 403, 403],
    ['admin', 404, 404, 404],
  ])('is as the role %s has it: to products %i, to prices %i, to users %i', async (role, product, price, users) => {
    const none = anId('none');
    const ask = instances.entry.as(role);
    const asked = [
      await ask(`GET /v1/admin/products/${none}`),
      await ask(`PUT /v1/admin/products/${none}/price`, { body: { amount: 1, currency: 'USD' } }),
      await ask(`PUT /v1/admin/users/${none}/roles`, { body: { roles: [] } }),
    ];
    expect(asked.map(({ status }) => status)).toEqual([product, price, users]);
  });

  it('follows the roles on every instance within 100 ms', async () => {
    const somebody = await aCustomer(instances.first.call);
    const ask = async (): Promise<number> =>
      (await instances.second.as(somebody)('DELETE /v1/admin/users/nobody/sessions')).status;
    const grant = (roles: string[]): ReturnType<typeof instances.first.call> =>
      instances.first.as('admin')(`PUT /v1/admin/users/${somebody.user.id}/roles`, { body: { roles } });
    expect(await ask()).toBe(403);

    expect(await grant(['admin'])).toMatchObject({
      status: 200,
      body: { id: somebody.user.id, roles: ['admin'], permissions: ['*'] },
    });
    await until(async () => (await ask()) === 404, BOUND);

    await grant(['support', 'operator']);
    await until(async () => (await ask()) === 403, BOUND);
    const current = await instances.second.as(somebody)('GET /v1/sessions/current');
    expect(current.body).toMatchObject({
      user: { roles: ['operator', 'support'] },
      permissions: ['cache:*', 'users:read'],
    });
  });

  it.each([[['king']], ['admin'], [{}], [null]])('is granted by no roles such as %j', async (roles) => {
    const answer = await instances.entry.as('admin')('PUT /v1/admin/users/nobody/roles', { body: { roles } });
    expect(answer.status).toBe(400);
  });
});
