import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions.js';
import type { Answer, IdempotencyDocument } from './idempotency.document.js';
import { IdempotencyInFlightError, IdempotencyKeyReusedError } from './idempotency.errors.js';
import { identityOf, type RepeatableRequest, type RequestIdentity } from './idempotency.key.js';
import { IdempotencyRepository } from './idempotency.repository.js';

/** Carries a repeated request out once: the key, the effect and the answer are one transaction, whenever the process dies. */
@Injectable()
export class Idempotency {
  constructor(
    private readonly records: IdempotencyRepository,
    private readonly transactions: Transactions,
  ) {}

  /**
   * The answer of `work`, or the first one when this request was answered before. `refusalOf` says which errors of `work` are
   * answers too: these are kept and replayed, while all others leave the key free for another try.
   * @throws {IdempotencyInFlightError} the same request is being carried out
   * @throws {IdempotencyKeyReusedError} the key came with another request before
   */
  async once(
    request: RepeatableRequest,
    work: () => Promise<Answer>,
    refusalOf: (error: unknown) => Answer | undefined,
  ): Promise<Answer> {
    const identity = identityOf(request);
    const known = await this.records.find(identity.id);
    if (known) return replayed(known, identity);
    try {
      return await this.transactions.run(async () => {
        await this.records.claim(identity);
        const answer = await work();
        await this.records.keep(identity.id, answer);
        return answer;
      });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== undefined) await this.records.keepRefusal(identity, refusal);
      throw error;
    }
  }
}

const replayed = ({ fingerprint, answer }: IdempotencyDocument, identity: RequestIdentity): Answer => {
  if (fingerprint !== identity.fingerprint) throw new IdempotencyKeyReusedError();
  if (answer === undefined) throw new IdempotencyInFlightError();
  return answer;
};
