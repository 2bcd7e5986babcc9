import { closeInstances, type Instances, theInstances } from '../support/e2e/instances.js';
import { expectFaultAt } from '../support/e2e/problem.js';
import { aProduct } from '../support/e2e/products.js';

const AHEAD = 'GET /v1/admin/cache/ahead';

describe('what is loaded ahead', () => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await theInstances(import.meta.filename);
  });
  afterAll(() => closeInstances(import.meta.filename));

  it('is reported alike by every instance, to those who may read of the cache', async () => {
    const answers = [await instances.first.as('operator')(AHEAD), await instances.second.as('admin')(AHEAD)];
    for (const { status, headers, body } of answers) {
      expect({ status, kept: headers['cache-control'] }).toEqual({ status: 200, kept: 'no-store' });
      const { preloaded, used, wasted } = body as Record<string, number>;
      expect(Number(used) + Number(wasted)).toBeLessThanOrEqual(Number(preloaded));
    }
    const refused = await instances.first.as('merchandiser')(AHEAD);
    expect(refused).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': expect.stringContaining('scope="cache:read"') as unknown },
    });
  });

  it('takes views by visitors of up to 64 printable characters, and refuses others', async () => {
    const { id } = await aProduct(instances.first);
    const view = (visitor: string) =>
      instances.first.call(`GET /v1/products/${id}`, { headers: { 'x-visitor-id': visitor } });
    for (const visitor of ['v', '~!"#%&/()=?{}[]|', 'v'.repeat(64), '__proto__', 'constructor'])
      expect([visitor, (await view(visitor)).status]).toEqual([visitor, 200]);
    for (const visitor of ['', 'v'.repeat(65), 'v'.repeat(4_096), 'a b', 'a\tb', 'a\u0080b', '\u00fcmlaut'])
      expectFaultAt(await view(visitor), 'X-Visitor-Id');
  });
});
