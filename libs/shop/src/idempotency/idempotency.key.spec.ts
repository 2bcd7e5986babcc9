import { identityOf, type RepeatableRequest } from './idempotency.key.js';

const request: RepeatableRequest = {
  principal: 'u1',
  route: 'POST /v1/things/:id',
  target: '/v1/things/a',
  key: 'k',
  body: { a: 1, b: [{ c: 2, d: null }] },
};

describe('the identity of a request', () => {
  it('is the same whatever the order of its members', () => {
    expect(identityOf({ ...request, body: { b: [{ d: null, c: 2 }], a: 1 } })).toEqual(identityOf(request));
  });

  it.each([
    ['principal', { principal: 'u2' }],
    ['route', { route: 'POST /v1/others/:id' }],
    ['key', { key: 'K' }],
  ])('is another record for another %s', (_what, change) => {
    expect(identityOf({ ...request, ...change }).id).not.toBe(identityOf(request).id);
  });

  it.each([
    ['address', { target: '/v1/things/b' }],
    ['value', { body: { a: '1', b: [{ c: 2, d: null }] } }],
    ['order in a list', { body: { a: 1, b: [{ c: 2, d: null }, 1] } }],
    ['body', { body: undefined }],
  ])('is the same record with another fingerprint for another %s', (_what, change) => {
    const [one, other] = [identityOf(request), identityOf({ ...request, ...change })];
    expect(other.id).toBe(one.id);
    expect(other.fingerprint).not.toBe(one.fingerprint);
  });

  it('does not run parts together', () => {
    const one = identityOf({ ...request, principal: 'u', route: '1x' });
    const other = identityOf({ ...request, principal: 'u1', route: 'x' });
    expect(one.id).not.toBe(other.id);
  });

  it('tells neither the key nor the body', () => {
    const text = JSON.stringify(identityOf({ ...request, key: 'a-key-to-hide', body: { password: 'hunter2' } }));
    expect(text).not.toMatch(/a-key-to-hide|hunter2/);
  });
});
