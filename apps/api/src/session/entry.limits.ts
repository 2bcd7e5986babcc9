import { createHash } from 'node:crypto';
import type { Rate } from '@larder/config';
import { InvalidCredentialsError } from '@larder/shop';
import type { Cluster, Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimitedError } from './access.errors.js';
import { KeyedQueue } from './keyed.queue.js';

/** How often whom may try to come in. */
export interface EntryRates {
  readonly signIns: Rate;
  readonly failures: Rate;
  readonly registrations: Rate;
}

const limiterOf = (client: Redis | Cluster, name: string, { limit, windowMs }: Rate): RateLimiterRedis => {
  const budget = { keyPrefix: `limit:${name}`, points: limit, duration: Math.ceil(windowMs / 1_000) };
  const insuranceLimiter = new RateLimiterMemory(budget);
  return new RateLimiterRedis({ ...budget, storeClient: client, rejectIfRedisNotReady: true, insuranceLimiter });
};

const refusalOf = ({ msBeforeNext }: RateLimiterRes): RateLimitedError =>
  new RateLimitedError(Math.max(1, Math.ceil(msBeforeNext / 1_000)));

const spend = async (limiter: RateLimiterRedis, key: string): Promise<void> => {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    throw refusal instanceof RateLimiterRes ? refusalOf(refusal) : refusal;
  }
};

const addressKey = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

const accountKey = (email: string, address: string): string =>
  createHash('sha256')
    .update(JSON.stringify([email, addressKey(address)]))
    .digest('base64url');

/**
 * Limits who tries to come in, over all processes; while the queue Redis is away each process counts for itself.
 * Addresses are those that Fastify believes (`request.ip`).
 */
export class EntryLimits {
  private readonly signIns: RateLimiterRedis;
  private readonly failures: RateLimiterRedis;
  private readonly registrations: RateLimiterRedis;
  private readonly attempts = new KeyedQueue();

  constructor(
    client: Redis | Cluster,
    private readonly rates: EntryRates,
  ) {
    this.signIns = limiterOf(client, 'sign-in', rates.signIns);
    this.failures = limiterOf(client, 'sign-in-failure', rates.failures);
    this.registrations = limiterOf(client, 'registration', rates.registrations);
  }

  /** @throws {RateLimitedError} the address has registered too often */
  countRegistration(address: string): Promise<void> {
    return spend(this.registrations, addressKey(address));
  }

  /**
   * Runs an attempt to sign in. Attempts on one account from one address run one after the other, so that guesses sent
   * at once cannot overtake their count.
   * @throws {RateLimitedError} the address tried too often, or failed too often on this account
   */
  async attempt<T>(email: string, address: string, signIn: () => Promise<T>): Promise<T> {
    await spend(this.signIns, addressKey(address));
    const key = accountKey(email, address);
    return this.attempts.run(key, async () => {
      const failed = await this.failures.get(key);
      if (failed && failed.consumedPoints >= this.rates.failures.limit) throw refusalOf(failed);
      try {
        return await signIn();
      } catch (error) {
        if (error instanceof InvalidCredentialsError) await this.failures.penalty(key);
        throw error;
      }
    });
  }
}
