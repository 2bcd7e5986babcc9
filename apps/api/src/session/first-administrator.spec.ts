import { Logger } from '@nestjs/common';
import type { Credentials, UserService } from '@larder/shop';
import { FirstAdministrator } from './first-administrator.js';

const PASSWORD = 'the first password';

/** Accounts that answer as told, call by call; after the last answer it repeats. */
const accounts = (...answers: (() => Promise<boolean>)[]): { asked: Credentials[]; users: UserService } => {
  const asked: Credentials[] = [];
  const ensureAdministrator = (credentials: Credentials): Promise<boolean> => {
    asked.push(credentials);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    return answer?.() ?? Promise.resolve(false);
  };
  return { asked, users: { ensureAdministrator } as unknown as UserService };
};
const isAway = (): Promise<boolean> => Promise.reject(new Error('no server'));
const made = (): Promise<boolean> => Promise.resolve(true);

describe('the first administrator', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  it('is made under the normalised e-mail, tried again until MongoDB is there', async () => {
    const { users, asked } = accounts(isAway, isAway, made);

    await new FirstAdministrator(users, 'Admin@Larder.test', PASSWORD).onApplicationBootstrap();

    expect(asked).toHaveLength(3);
    expect(asked[2]).toEqual({ email: 'admin@larder.test', password: PASSWORD });
  });

  it('does not hold up a start for longer than a second, and ends with the process', async () => {
    const { users, asked } = accounts(isAway);
    const administrator = new FirstAdministrator(users, 'admin@larder.test', PASSWORD);
    const startMs = performance.now();

    await administrator.onApplicationBootstrap();
    expect(performance.now() - startMs).toBeLessThan(2_000);

    await administrator.beforeApplicationShutdown();
    const count = asked.length;
    expect(count).toBeGreaterThan(1);
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  it('is not made without a password', async () => {
    const { users, asked } = accounts(made);

    await new FirstAdministrator(users, 'admin@larder.test', undefined).onApplicationBootstrap();

    expect(asked).toEqual([]);
  });
});
