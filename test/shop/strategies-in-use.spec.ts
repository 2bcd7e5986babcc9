import { StrategyWiring } from '@larder/caching';
import { aTestApi, type TestApi } from '../support/api.js';
import { filesBelow, textOf } from '../support/documents.js';

const FILES = ['libs/shop/src', 'apps/api/src'].flatMap((folder) => filesBelow(folder, /\.(service|controller)\.ts$/));

/** The folder of the file that declares a class: the module it is part of. */
const moduleOf = (name: string): string => {
  const path = FILES.find((file) => new RegExp(`^export class ${name}\\b`, 'm').test(textOf(file)));
  return path?.split('/').at(-2) ?? `the unknown module of ${name}`;
};

describe('the strategies of each module', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await aTestApi(import.meta.filename);
  });
  afterAll(() => api.close());

  it('are those that it was designed with, as its decorators have it', () => {
    const { places } = api.app.get(StrategyWiring, { strict: false });
    const used: Record<string, string[]> = {};
    for (const { place, strategy, region } of places) (used[moduleOf(place)] ??= []).push(`${strategy} ${region}`);
    const distinct = Object.entries(used).map(([name, list]) => [name, [...new Set(list)].sort()]);

    expect(Object.fromEntries(distinct)).toEqual({
      product: [
        'CacheAhead product',
        'CacheAside related',
        'CacheAsideWrite product',
        'Invalidate stock',
        'ReadThrough product',
        'WriteBehind product',
        'WriteThrough product',
      ],
      pricing: ['CacheAsideWrite product'],
      category: ['CacheAhead category-products', 'CacheAside category-products'],
      inventory: ['ReadThrough stock', 'WriteThrough stock'],
      session: [
        'Invalidate session',
        'ReadThrough permissions',
        'ReadThrough preferences',
        'ReadThrough session',
        'WriteBehind preferences',
        'WriteBehind session',
        'WriteThrough permissions',
        'WriteThrough session',
      ],
    });
  });
});
