import { KnownRoutes } from './known.routes.js';

describe('the methods of a path', () => {
  const routes = new KnownRoutes();
  routes.add('/v1/products', ['GET', 'HEAD']);
  routes.add('/v1/products/:id', ['GET', 'HEAD']);
  routes.add('/v1/products/:id', ['PATCH']);
  routes.add('/v1/products/edits', ['POST']);
  routes.add('*', ['OPTIONS']);

  it.each([
    ['/v1/products', ['GET', 'HEAD']],
    ['/v1/products/a', ['GET', 'HEAD', 'PATCH']],
    ['/v1/products/edits', ['GET', 'HEAD', 'PATCH', 'POST']],
    ['/v1/products/', []],
    ['/v1/products/a/b', []],
    ['/elsewhere', []],
  ])('of %p are %p', (path, methods) => {
    expect(routes.methodsAt(path)).toEqual(methods);
  });
});
