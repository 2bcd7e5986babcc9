import { currentRequestId, withinRequest } from './request.context.js';
import { loggedPath } from './request.log.js';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl';

describe('the log of requests', () => {
  it('knows the request that a line belongs to', () => {
    withinRequest('r-1', () => {
      expect(currentRequestId()).toBe('r-1');
    });
    expect(currentRequestId()).toBeUndefined();
  });

  it('writes paths without query and without steps that could be tokens', () => {
    expect(loggedPath(`/v1/products/a?token=${TOKEN}`)).toBe('/v1/products/a');
    expect(loggedPath(`/v1/${'x'.repeat(65)}`)).toBe('/v1/xxxxxxxx…');
  });
});
