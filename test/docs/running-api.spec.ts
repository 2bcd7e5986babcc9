import { Cache, defineRegion, StrategyWiring } from '@larder/caching';
import { aTestApi, type TestApi } from '../support/api.js';
import { plain, rowsUnder } from '../support/documents.js';

interface Operation {
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const msOf = (text = ''): number => {
  const [, count, unit = ''] = /^(\d+) (\w+)$/.exec(text) ?? [];
  return Number(count) * (UNITS[unit] ?? NaN);
};

const OF_DEFINITION = ['affects', 'key', 'name', 'tags', 'version', 'versionOf'];

describe('what the documents say of the running API', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await aTestApi(import.meta.filename);
  });
  afterAll(() => api.close());

  it('is every route, with what it needs, and no other', async () => {
    const answer = await api.call('GET /docs-json');
    expect(answer.status).toBe(200);
    const document = answer.body as unknown as {
      paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    };
    const actual = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security, responses }]) => {
        const demand = '403' in responses ? 'a permission' : 'session';
        return [`${method.toUpperCase()} ${path}`, security === undefined ? '' : demand];
      }),
    );

    const told = rowsUnder('docs/routes.md', 'route').map(([route, needs]) => [
      plain(route),
      plain(needs).replace(/^\w+:\w+$/, 'a permission'),
    ]);

    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(actual));
    expect(told).toHaveLength(actual.length);
  });

  it('is every strategy in use, and its region', () => {
    const actual = api.app
      .get(StrategyWiring, { strict: false })
      .places.map(({ place, method, strategy, region }) => [`${place}.${method}`, strategy, region].join(' '));

    const told = rowsUnder('docs/architecture.md', 'method').map((cells) => cells.map(plain).join(' '));

    expect(told.sort()).toEqual([...actual].sort());
  });

  it('is every region, with its lifetime and its bound', () => {
    const actual = api.app
      .get(Cache, { strict: false })
      .regions.all()
      .map(({ region: { name, ttlMs, consistency } }) => [
        name,
        ttlMs,
        consistency.level === 'bounded' ? consistency.ms : consistency.level,
      ]);

    const told = rowsUnder('docs/regions.md', 'region').map(([name, , ttl, bound]) => [
      plain(name),
      msOf(ttl),
      msOf(bound),
    ]);

    expect(told.sort()).toEqual(actual.sort());
  });

  it('is every member of a region, and the default of each number and policy', () => {
    const defined = defineRegion<{ id: string }, string>({ name: 'told', version: 1, key: ({ id }) => id, ttlMs: 1 });
    const region = Object.fromEntries(Object.entries(defined).filter(([name]) => name !== 'encode'));
    const members = rowsUnder('docs/regions.md', 'member').map(([name]) => plain(name));
    const options = rowsUnder('docs/regions.md', 'option').map(
      ([name, byDefault]) => [plain(name), plain(byDefault)] as const,
    );

    expect(members.sort()).toEqual(OF_DEFINITION);
    expect([...members, ...options.map(([name]) => name)].sort()).toEqual(Object.keys(region).sort());
    for (const [name, text] of options) {
      const actual: unknown = region[name];
      if (name === 'ttlMs') expect(text).toBe('none, required');
      else if (typeof actual === 'object') expect(actual).toMatchObject(JSON.parse(text) as object);
      else expect([name, actual]).toEqual([name, JSON.parse(text)]);
    }
  });
});
