import { randomUUID } from 'node:crypto';
import { InvalidCredentialsError } from '@larder/shop';
import { connectRedis } from '@larder/caching';
import type { Redis } from 'ioredis';
import { RateLimitedError } from '../../apps/api/src/session/access.errors.js';
import { EntryLimits, type EntryRates } from '../../apps/api/src/session/entry.limits.js';

const RATES: EntryRates = {
  signIns: { limit: 40, windowMs: 60_000 },
  failures: { limit: 3, windowMs: 900_000 },
  registrations: { limit: 2, windowMs: 3_600_000 },
};
const NOBODY_LISTENS = 'redis://127.0.0.1:1';

const fails = (): Promise<never> => Promise.reject(new InvalidCredentialsError());
const succeeds = (): Promise<string> => Promise.resolve('in');
const anAddress = (): string => `10.0.0.1/${randomUUID()}`;

const outcomeOf = async (attempt: Promise<unknown>): Promise<string> => {
  try {
    await attempt;
    return 'in';
  } catch (error) {
    return (error as Error).name;
  }
};
const times = <T>(count: number, act: () => Promise<T>): Promise<T>[] => Array.from({ length: count }, act);

describe('limits of entry', () => {
  let client: Redis;
  const clients: Redis[] = [];
  const connected = async (url = process.env['QUEUE_REDIS_URL'] ?? ''): Promise<Redis> => {
    const connection = connectRedis(url, { role: 'commands' });
    clients.push(connection);
    if (url !== NOBODY_LISTENS) await new Promise((resolve) => connection.once('ready', resolve));
    return connection;
  };

  beforeAll(async () => {
    client = await connected();
  });
  afterAll(() => clients.forEach((connection) => connection.disconnect()));

  it('lets an address sign in as often as allowed, counted over all processes', async () => {
    const address = anAddress();
    const here = new EntryLimits(client, RATES);
    const there = new EntryLimits(await connected(), RATES);

    const attempts = times(25, () =>
      Promise.all([here, there].map((limits) => outcomeOf(limits.attempt(randomUUID(), address, succeeds)))),
    );
    const outcomes = (await Promise.all(attempts)).flat();

    expect(outcomes.filter((outcome) => outcome === 'in')).toHaveLength(40);
    expect(outcomes.filter((outcome) => outcome === 'RateLimitedError')).toHaveLength(10);
  });

  it('says after how many seconds to try again', async () => {
    const address = anAddress();
    const limits = new EntryLimits(client, RATES);
    await limits.countRegistration(address);
    await limits.countRegistration(address);

    const refusal = await limits.countRegistration(address).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(RateLimitedError);
    expect((refusal as RateLimitedError).retryAfterSeconds).toBeGreaterThan(3_590);
    expect((refusal as RateLimitedError).retryAfterSeconds).toBeLessThanOrEqual(3_600);
  });

  it('refuses an account and address after three failures, also with the right password and guessed at once', async () => {
    const address = anAddress();
    const limits = new EntryLimits(client, RATES);

    const guesses = await Promise.all(times(20, () => outcomeOf(limits.attempt('ada@example.com', address, fails))));

    expect(guesses.filter((outcome) => outcome === 'InvalidCredentialsError')).toHaveLength(3);
    expect(await outcomeOf(limits.attempt('ada@example.com', address, succeeds))).toBe('RateLimitedError');
    expect(await outcomeOf(limits.attempt('bob@example.com', address, succeeds))).toBe('in');
    expect(await outcomeOf(limits.attempt('ada@example.com', anAddress(), succeeds))).toBe('in');
  });

  it('counts neither successes nor faults of ours as failures', async () => {
    const address = anAddress();
    const limits = new EntryLimits(client, RATES);
    const breaks = (): Promise<never> => Promise.reject(new RangeError('ours'));

    await Promise.all(times(5, () => outcomeOf(limits.attempt('ada@example.com', address, succeeds))));
    await Promise.all(times(5, () => outcomeOf(limits.attempt('ada@example.com', address, breaks))));

    expect(await outcomeOf(limits.attempt('ada@example.com', address, succeeds))).toBe('in');
  });

  it('takes an IPv4 address for the same when it comes mapped into IPv6', async () => {
    const address = anAddress();
    const limits = new EntryLimits(client, RATES);
    await limits.countRegistration(address);
    await limits.countRegistration(`::ffff:${address}`);

    expect(await outcomeOf(limits.countRegistration(address))).toBe('RateLimitedError');
  });

  it('holds from memory while Redis is away', async () => {
    const limits = new EntryLimits(await connected(NOBODY_LISTENS), RATES);
    const address = anAddress();

    const guesses = await Promise.all(times(10, () => outcomeOf(limits.attempt('ada@example.com', address, fails))));
    const registrations = await Promise.all(times(10, () => outcomeOf(limits.countRegistration(address))));

    expect(guesses.filter((outcome) => outcome === 'InvalidCredentialsError')).toHaveLength(3);
    expect(registrations.filter((outcome) => outcome === 'in')).toHaveLength(2);
  });
});
