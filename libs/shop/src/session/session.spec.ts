import { isLiveAt, newRefreshToken, newSessionId, refreshDigest, sessionEndMs, SessionId } from './session.js';

const HOUR_MS = 3_600_000;
const opened = Date.parse('2026-01-01T00:00:00.000Z');
const at = (hours: number): string => new Date(opened + hours * HOUR_MS).toISOString();

describe('the life of a session', () => {
  it('ends 24 h after its last use', () => {
    const session = { lastAccess: at(10), expiresAt: at(30 * 24) };

    expect(isLiveAt(session, opened + 34 * HOUR_MS - 1)).toBe(true);
    expect(isLiveAt(session, opened + 34 * HOUR_MS)).toBe(false);
  });

  it('ends at its absolute end, however lately it was used', () => {
    const session = { lastAccess: at(30 * 24 - 1), expiresAt: at(30 * 24) };

    expect(sessionEndMs(session)).toBe(opened + 30 * 24 * HOUR_MS);
    expect(isLiveAt(session, opened + 30 * 24 * HOUR_MS)).toBe(false);
  });

  it.each([
    { lastAccess: 'soon', expiresAt: at(1) },
    { lastAccess: at(0), expiresAt: '' },
  ])('is over when a time cannot be read: %j', (session) => {
    expect(isLiveAt(session, opened)).toBe(false);
  });
});

describe('secrets of a session', () => {
  it('has ids of 192 random bits, none twice', () => {
    const ids = Array.from({ length: 1_000 }, newSessionId);

    expect(new Set(ids).size).toBe(1_000);
    expect(ids.every((id) => SessionId.safeParse(id).success)).toBe(true);
  });

  it('has refresh tokens of 256 random bits, known by digest alone', () => {
    const token = newRefreshToken();

    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(newRefreshToken()).not.toBe(token);
    expect(refreshDigest(token)).toMatch(/^[0-9a-f]{64}$/);
    expect(refreshDigest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
