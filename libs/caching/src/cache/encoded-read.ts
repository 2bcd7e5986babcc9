import type { CacheRead } from '../events/cache-read.js';
import { validatorOf, type Envelope } from '../region/envelope.js';

/** A value as it is stored: its JSON in UTF-8, for one who only passes it on. */
export interface EncodedRead extends Pick<CacheRead, 'outcome' | 'tier' | 'ageMs'> {
  /** The cache goes on serving these bytes: nobody may write into them. */
  readonly body: Buffer;
  /** A strong validator of `body`, for `ETag`, without quotes. */
  readonly validator: string;
  /** The value is `null`: there is none. */
  readonly isAbsence: boolean;
  /** How long the value stays fresh, in ms; 0 for one that is stale or was not kept. */
  readonly freshForMs: number;
}

type Answered = Pick<CacheRead, 'outcome' | 'tier' | 'stored' | 'ageMs'> & { readonly now: number };

const NULL = Buffer.from('null');

/** What was read as it lies in its envelope; without one, `value` is encoded. */
export const encodedRead = (
  envelope: Envelope | undefined,
  value: unknown,
  { outcome, tier, stored, ageMs, now }: Answered,
): EncodedRead => {
  const body = envelope?.body ?? Buffer.from(JSON.stringify(value), 'utf8');
  const isFresh = envelope !== undefined && (outcome === 'hit' || stored);
  return {
    body,
    validator: envelope?.validator ?? validatorOf(body),
    isAbsence: body.equals(NULL),
    freshForMs: isFresh ? Math.max(envelope.freshUntil - now, 0) : 0,
    outcome,
    tier,
    ageMs,
  };
};
