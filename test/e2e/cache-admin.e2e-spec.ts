import type { Answer, Sent } from '../support/api.js';
import { aCustomer } from '../support/e2e/accounts.js';
import { closeInstances, type Instance, type Instances, theInstances } from '../support/e2e/instances.js';
import { expectFaultAt, expectProblem } from '../support/e2e/problem.js';
import { anId, aProduct, positionOf } from '../support/e2e/products.js';
import { until } from '../support/until.js';

const REGIONS = '/v1/admin/cache/regions';
const BOUND = { withinMs: 1_000 };
const KNOWN = ['category-products', 'permissions', 'product', 'session', 'stock'];

describe('the administration of the cache', () => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await theInstances(import.meta.filename);
  });
  afterAll(() => closeInstances(import.meta.filename));

  const ask = (line: string, at: Instance = instances.first, headers: Sent['headers'] = {}): Promise<Answer> =>
    at.as('operator')(line, { headers });
  const entryOf = (id: string, at?: Instance): Promise<Answer> => ask(`GET ${REGIONS}/product/entries/${id}`, at);
  const statusAt = async (at: Instance, id: string, headers: Sent['headers'] = {}): Promise<string> =>
    String((await at.call(`GET /v1/products?ids=${id}`, { headers })).headers['cache-status']);
  /** A product that both instances keep in both tiers. */
  const aKeptProduct = async (more: object = {}): Promise<string> => {
    const { id } = await aProduct(instances.first, more);
    for (const at of [instances.first, instances.second])
      await until(async () => (await statusAt(at, id)) === 'larder; hit; detail=near', BOUND);
    return id;
  };

  describe('lists the regions', () => {
    it('with policy and counters, and each alone', async () => {
      const { status, headers, body } = await ask(`GET ${REGIONS}`);
      const items = body?.['items'] as { region: string; policy: object; version: number }[];
      expect({ status, kept: headers['cache-control'] }).toEqual({ status: 200, kept: 'no-store' });
      expect(items.map(({ region }) => region)).toEqual(expect.arrayContaining(KNOWN));
      for (const { region, policy, version } of items)
        expect((await ask(`GET ${REGIONS}/${region}`)).body).toMatchObject({ region, policy, version });
      expect(items.find(({ region }) => region === 'product')).toMatchObject({
        policy: { ttlMs: 86_400_000, consistency: { level: 'bounded', ms: 250 }, partition: 'bypass' },
      });
    });

    it('with counters that follow what is read', async () => {
      const near = async (): Promise<{ hits: number; entries: number; bytes: number }> => {
        const { body } = await ask(`GET ${REGIONS}/product`);
        return (body?.['counters'] as { near: { hits: number; entries: number; bytes: number } }).near;
      };
      const id = await aKeptProduct();
      const before = await near();
      expect(before.entries).toBeGreaterThan(0);
      expect(before.bytes).toBeGreaterThan(500);
      for (let time = 0; time < 5; time += 1) await instances.first.call(`GET /v1/products/${id}`);
      expect((await near()).hits).toBeGreaterThanOrEqual(before.hits + 5);
    });
  });

  describe('tells of an entry', () => {
    it('its tier, age, time left and tags, and not its value', async () => {
      const id = await aKeptProduct({ name: 'Nobody says this' });
      // a process that was held up is not current for a moment, and serves nothing near
      await until(async () => (await entryOf(id)).body?.['tier'] === 'near', BOUND);

      const { status, headers, body, text } = await entryOf(id);

      expect({ status, kept: headers['cache-control'] }).toEqual({ status: 200, kept: 'no-store' });
      expect(body).toMatchObject({ region: 'product', key: id, version: 1, tags: [], served: 'fresh' });
      expect((body?.['copies'] as { tier: string }[]).map(({ tier }) => tier)).toEqual(['near', 'shared']);
      expect(text).not.toContain('Nobody says this');
    });

    it('under a key of several parts, each as its region encodes it', async () => {
      const category = anId('chairs');
      await aProduct(instances.first, { category });
      await instances.first.call(`GET /v1/categories/${category}/products?perPage=7`);
      const key = encodeURIComponent(`:${category}:name:#7:#1:`);

      const { status, body } = await ask(`GET ${REGIONS}/category-products/entries/${key}`);

      expect({ status, ...body }).toMatchObject({ status: 200, tags: [`category:${category}`], isTagRemoved: false });
    });

    it('that there is none, and that there is no such region', async () => {
      const none = await entryOf(anId('none'));
      expectProblem(none, 404);
      expect(none.body).toMatchObject({ type: 'urn:larder:problem:cache-entry-unknown' });
      const lines = [
        `GET ${REGIONS}/nowhere`,
        `DELETE ${REGIONS}/nowhere`,
        `GET ${REGIONS}/nowhere/entries/a`,
        `DELETE ${REGIONS}/nowhere/entries/a`,
        `DELETE ${REGIONS}/nowhere/tags/a`,
      ];
      for (const line of lines) {
        const answer = await ask(line);
        expectProblem(answer, 404);
        expect(answer.body).toMatchObject({ type: 'urn:larder:problem:cache-region-unknown' });
      }
    });

    it.each(['a%20b', 'a%3Ab', '%23x', '%252', 'a%2A', '~short', 'x'.repeat(2_049)])(
      'nothing under %s, which no region writes',
      async (key) => {
        expectFaultAt(await entryOf(key), 'key');
        expectFaultAt(await ask(`DELETE ${REGIONS}/product/entries/${key}`), 'key');
      },
    );

    it('nothing of a tag that is too long, nor of a region that cannot be', async () => {
      expectFaultAt(await ask(`DELETE ${REGIONS}/product/tags/${'x'.repeat(513)}`), 'tag');
      expectFaultAt(await ask(`GET ${REGIONS}/Product`), 'region');
    });
  });

  describe('invalidates', () => {
    it('one entry on every instance, and once more when it is gone', async () => {
      const id = await aKeptProduct();
      const dropped = await ask(`DELETE ${REGIONS}/product/entries/${id}`);

      expect(dropped).toMatchObject({ status: 204, text: '' });
      expect(await statusAt(instances.second, id, positionOf(dropped))).toContain('fwd=uri-miss');
      expect(await ask(`DELETE ${REGIONS}/product/entries/${anId('none')}`)).toMatchObject({ status: 204 });
    });

    it('what carries a tag', async () => {
      const category = anId('lamps');
      await aProduct(instances.first, { category });
      const line = `GET /v1/categories/${category}/products`;
      const shown = async (headers: Sent['headers'] = {}): Promise<string> =>
        String((await instances.second.call(line, { headers })).headers['cache-status']);
      await until(async () => (await shown()).includes('; hit'), BOUND);

      const dropped = await ask(`DELETE ${REGIONS}/category-products/tags/category%3A${category}`);

      expect(dropped).toMatchObject({ status: 204, text: '' });
      expect(await shown(positionOf(dropped))).toContain('fwd=uri-miss');
    });

    // of a region in which no other spec, running at the same time, expects to find what it left
    it('a whole region on every instance', async () => {
      const somebody = await aCustomer(instances.first.call);
      const both = [instances.first, instances.second];
      const kept = async (at: Instance): Promise<string> => {
        const { status, body } = await ask(`GET ${REGIONS}/permissions/entries/${somebody.user.id}`, at);
        return status === 200 ? String(body?.['tier']) : String(status);
      };
      for (const at of both)
        await until(async () => {
          await at.as(somebody)('GET /v1/sessions/current');
          return (await kept(at)) !== '404';
        }, BOUND);

      expect(await ask(`DELETE ${REGIONS}/permissions`)).toMatchObject({ status: 204, text: '' });

      for (const at of both) await until(async () => (await kept(at)) === '404', BOUND);
    });
  });

  it('is for those who hold its permissions', async () => {
    for (const [role, status] of [
      ['merchandiser', 403],
      ['support', 403],
      ['operator', 200],
      ['admin', 200],
    ] as const)
      expect(await instances.first.as(role)(`GET ${REGIONS}`)).toMatchObject({ status });
    const refused = await instances.first.as('support')(`DELETE ${REGIONS}/product`);
    expect(refused.headers['www-authenticate']).toContain('scope="cache:write"');
  });
});
