import { closeInstances, type Instance, theInstances } from '../support/e2e/instances.js';
import { expectFaultAt, expectProblem } from '../support/e2e/problem.js';
import { anId, aProduct } from '../support/e2e/products.js';

const MANY = (count: number): string => Array.from({ length: count }, (_, at) => `p${at}`).join();

describe('an address', () => {
  let api: Instance;
  beforeAll(async () => {
    api = (await theInstances(import.meta.filename)).entry;
  });
  afterAll(() => closeInstances(import.meta.filename));

  it.each([
    ['that is unknown', 'GET /v1/nowhere', 404],
    ['that is unknown to POST', 'POST /v1/nowhere', 404],
    ['with a slash too many', 'GET /v1/products/', 404],
    ['with an id with a blank', 'GET /v1/products/a%20b', 400],
    ['with an id that looks like a pattern', 'GET /v1/products/*', 400],
    ['with an id that ends like a pattern', 'GET /v1/products/a*', 400],
    ['with an id that looks like an object', 'GET /v1/products/%7B%7D', 400],
    ['with an id with an operator', 'GET /v1/products/$ne', 400],
    ['with an id with a line break', 'GET /v1/products/a%0d%0ab', 400],
    ['with an id with a NUL', 'GET /v1/products/a%00', 400],
    ['with an id that climbs', 'GET /v1/products/..%2fadmin', 400],
    ['with an id of 65 characters', `GET /v1/products/${'a'.repeat(65)}`, 400],
    ['with an id of 8,000 characters', `GET /v1/products/${'a'.repeat(8_000)}`, 400],
    ['with a stock of no id', 'GET /v1/inventory/a%3Ab', 400],
    ['with a category in capitals and blanks', 'GET /v1/categories/A%20B/products', 400],
    ['of 8 KiB', `GET /v1/products/${'a'.repeat(8_192 - '/v1/products/'.length)}`, 414],
    ['of 9 KiB that is unknown', `GET /${'a'.repeat(9_216)}`, 414],
    ['with a broken escape', 'GET /v1/products/%zz', 400],
    ['of a product that is not there', `GET /v1/products/${anId('none')}`, 404],
    ['of a product called __proto__', 'GET /v1/products/__proto__', 404],
    ['of a product called constructor', 'GET /v1/products/constructor', 404],
    ['of a category that is not there', `GET /v1/categories/${anId('none')}/products`, 404],
    ['of no file of the docs', 'GET /docs/constructor', 404],
  ])('%s is a problem', async (_what, line, status) => {
    expectProblem(await api.call(line), status);
  });

  it.each([
    ['POST /v1/products/a', 'GET, HEAD'],
    ['DELETE /v1/categories', 'GET, HEAD'],
    ['PUT /v1/admin/products/a', 'DELETE, GET, HEAD, PATCH'],
    ['GET /v1/admin/prices', 'POST'],
    ['OPTIONS /v1/products', 'GET, HEAD'],
    ['GET /v1/users', 'POST'],
  ])('%s is refused with 405, and told %s', async (line, allow) => {
    const answer = await api.call(line, { body: 'no JSON', headers: { 'content-type': 'text/plain' } });
    expectProblem(answer, 405);
    expect(answer.headers['allow']).toBe(allow);
  });

  it.each([
    ['GET /v1/products', 'ids'],
    ['GET /v1/products?ids=', 'ids.0'],
    ['GET /v1/products?ids=a,*', 'ids.1'],
    ['GET /v1/products?ids=a&ids=b', 'ids'],
    ['GET /v1/products?ids=a&extra=1', ''],
    ['GET /v1/products?ids=a&__proto__=1', ''],
    [`GET /v1/products?ids=${MANY(101)}`, 'ids'],
    ['GET /v1/categories/a/products?page=0', 'page'],
    ['GET /v1/categories/a/products?page=10001', 'page'],
    ['GET /v1/categories/a/products?page=0x10', 'page'],
    ['GET /v1/categories/a/products?page=1e20', 'page'],
    ['GET /v1/categories/a/products?page=1&page=2', 'page'],
    ['GET /v1/categories/a/products?page[$gt]=1', ''],
    ['GET /v1/categories/a/products?perPage=101', 'perPage'],
    ['GET /v1/categories/a/products?perPage=-1', 'perPage'],
    ['GET /v1/categories/a/products?sort=stock', 'sort'],
    ['GET /v1/categories/a/products?cursor=%24', 'cursor'],
    [`GET /v1/categories/a/products?cursor=${'a'.repeat(1_025)}`, 'cursor'],
  ])('%s is a 400 that names %p', async (line, path) => {
    expectFaultAt(await api.call(line), path);
  });

  it('takes 100 ids, and the last page and the most products of one', async () => {
    const { body } = await aProduct(api);
    const list = `/v1/categories/${String(body?.['category'])}/products`;

    expect(await api.call(`GET /v1/products?ids=${MANY(100)}`)).toMatchObject({ status: 200 });
    expect(await api.call(`GET ${list}?page=10000&perPage=100`)).toMatchObject({
      status: 200,
      body: { items: [], perPage: 100 },
    });
  });
});
