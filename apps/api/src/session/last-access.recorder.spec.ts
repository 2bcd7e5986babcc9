import { Logger } from '@nestjs/common';
import type { Session, SessionService } from '@larder/shop';
import { LastAccessRecorder } from './last-access.recorder.js';

const MINUTE_MS = 60_000;
const NOW = Date.parse('2026-01-01T12:00:00.000Z');
const sessionUsed = (agoMs: number, id = 'one'): Session => ({
  id,
  user: { id: 'user', email: 'ada@example.com', name: 'Ada', roles: [] },
  createdAt: new Date(NOW - agoMs).toISOString(),
  lastAccess: new Date(NOW - agoMs).toISOString(),
  expiresAt: new Date(NOW + MINUTE_MS).toISOString(),
});

const recorder = (touch: (id: string, at: Date) => Promise<unknown>): LastAccessRecorder =>
  new LastAccessRecorder({ touch } as unknown as SessionService);

describe('the last access', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  it('is recorded once a minute for each session', async () => {
    const touched: [string, Date][] = [];
    const lastAccess = recorder((id, at) => Promise.resolve(touched.push([id, at])));

    lastAccess.note(sessionUsed(MINUTE_MS - 1), NOW);
    lastAccess.note(sessionUsed(MINUTE_MS), NOW);
    lastAccess.note(sessionUsed(MINUTE_MS), NOW + 1);
    lastAccess.note(sessionUsed(2 * MINUTE_MS, 'two'), NOW);
    await lastAccess.beforeApplicationShutdown();

    expect(touched).toEqual([
      ['one', new Date(NOW)],
      ['two', new Date(NOW)],
    ]);
  });

  it('fails no request when it cannot be recorded, and is waited for at the end', async () => {
    let isOver = false;
    const lastAccess = recorder(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      isOver = true;
      throw new Error('no server');
    });

    lastAccess.note(sessionUsed(MINUTE_MS), NOW);
    expect(isOver).toBe(false);
    await lastAccess.beforeApplicationShutdown();

    expect(isOver).toBe(true);
  });
});
