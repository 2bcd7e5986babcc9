import { Passwords } from './passwords.js';
import { TooBusyError } from './session.errors.js';

describe('passwords', () => {
  it('are kept by argon2id with 19 MiB and two passes, salted', async () => {
    const passwords = new Passwords();

    const [first, second] = await Promise.all([passwords.digest('correct horse'), passwords.digest('correct horse')]);

    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,(t=2,p=1|p=1,t=2)\$/);
    expect(second).not.toBe(first);
    expect(await passwords.matches(first, 'correct horse')).toBe(true);
    expect(await passwords.matches(first, 'Correct horse')).toBe(false);
  });

  it('match nobody where there is no digest, after the same work', async () => {
    const passwords = new Passwords();
    const digest = await passwords.digest('correct horse');
    const timeOf = async (kept: string | undefined): Promise<number> => {
      const startMs = performance.now();
      expect(await passwords.matches(kept, 'wrong')).toBe(false);
      return performance.now() - startMs;
    };
    const known: number[] = [];
    const unknown: number[] = [];

    for (let round = 0; round < 7; round += 1) {
      known.push(await timeOf(digest));
      unknown.push(await timeOf(undefined));
    }

    const least = (times: number[]): number => Math.min(...times);
    expect(least(unknown)).toBeGreaterThan(least(known) / 2);
    expect(least(unknown)).toBeLessThan(least(known) * 2);
  });

  it('are refused when four are checked and 64 wait, and taken again afterwards', async () => {
    const passwords = new Passwords();
    const asked = Array.from({ length: 80 }, () => passwords.matches(undefined, 'any'));

    const outcomes = await Promise.allSettled(asked);

    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(12);
    expect(refused.every((outcome) => (outcome as PromiseRejectedResult).reason instanceof TooBusyError)).toBe(true);
    expect(await passwords.matches(undefined, 'any')).toBe(false);
  });
});
