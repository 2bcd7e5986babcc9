import { Injectable, Logger } from '@nestjs/common';
import { WriteBehindLog, WriteUnknownError } from '@larder/caching';
import type { Answer } from './idempotency.document.js';
import { IdempotencyInFlightError, IdempotencyKeyReusedError } from './idempotency.errors.js';
import { identityOf, type RepeatableRequest } from './idempotency.key.js';

/**
 * Carries a repeated request out once, where all its effects are writes behind with ids made from its `writeKeyOf`: its
 * record is in the write log, so MongoDB is not asked. Carried out again over a process that died, it has the same writes.
 */
@Injectable()
export class LoggedIdempotency {
  private readonly logger = new Logger(LoggedIdempotency.name);

  constructor(private readonly log: WriteBehindLog) {}

  /**
   * As `Idempotency.once`. An error of `work` that says that nothing was accepted frees the key; after a `WriteUnknownError` it
   * stays this request's.
   * @throws {IdempotencyInFlightError} the same request is being carried out
   * @throws {IdempotencyKeyReusedError} the key came with another request before
   * @throws {WriteLogUnavailableError} {@link WriteUnknownError} for want of the log, before or within `work`
   */
  async once(
    request: RepeatableRequest,
    work: () => Promise<Answer>,
    refusalOf: (error: unknown) => Answer | undefined,
  ): Promise<Answer> {
    const { id, fingerprint } = identityOf(request);
    const known = await this.log.requests.claim(id, fingerprint);
    if (known.state === 'other') throw new IdempotencyKeyReusedError();
    if (known.state === 'held') throw new IdempotencyInFlightError();
    if (known.state === 'answered') return JSON.parse(known.answer) as Answer;
    try {
      const answer = await work();
      await this.end(id, known.token, 'answered', answer);
      return answer;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== undefined) await this.end(id, known.token, 'answered', refusal);
      else await this.end(id, known.token, error instanceof WriteUnknownError ? 'tried' : 'undone');
      throw error;
    }
  }

  /** Without this record a repeat is carried out again, which has the same effect and, but for what it refuses, the same answer. */
  private async end(id: string, token: string, how: 'answered' | 'undone' | 'tried', answer?: Answer): Promise<void> {
    try {
      await this.log.requests.end(id, token, how, answer && JSON.stringify(answer));
    } catch (error) {
      this.logger.warn({ err: error as Error }, 'The outcome of a repeatable request was not recorded.');
    }
  }
}
