import { STATUS_CODES } from 'node:http';
import { HttpException, HttpStatus } from '@nestjs/common';
import { ShopError } from '@larder/shop';
import { z } from 'zod';
import { isSourceUnavailable } from './source.unavailable.js';
import { type Fault, ProblemError } from './problem.error.js';

/** RFC 9457: what every answer from 400 on looks like. A route whose problems say more extends it in its `@Answers`. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  instance: z.string().meta({ description: 'The request; the log repeats its id.' }),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;

/** A problem on its way out, with the headers that go with it. */
export interface ProblemAnswer {
  readonly body: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/** The status of each error of the shop and of its cache. A code that is not listed is a fault of ours: 500. */
const STATUSES: Readonly<Record<string, number>> = {
  CACHE_AHEAD_UNAVAILABLE: 503,
  CACHE_ENTRY_UNKNOWN: 404,
  CACHE_LOAD_TIMEOUT: 503,
  CACHE_REGION_REFUSED: 503,
  CACHE_REGION_UNKNOWN: 404,
  CACHE_STORE_UNAVAILABLE: 503,
  DEAD_LETTER_SUPERSEDED: 409,
  DEAD_LETTER_UNKNOWN: 404,
  WRITE_INVALID: 400,
  WRITE_LOG_FULL: 503,
  WRITE_LOG_UNAVAILABLE: 503,
  WRITE_UNKNOWN: 503,
  WRITE_UNSEEN: 404,
  CATEGORY_NOT_FOUND: 404,
  CURSOR_INVALID: 400,
  EMAIL_TAKEN: 409,
  FORBIDDEN: 403,
  IDEMPOTENCY_IN_FLIGHT: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
  INVALID_CREDENTIALS: 401,
  PREFERENCES_LIMIT: 400,
  PRODUCT_EXISTS: 409,
  PRODUCT_NOT_FOUND: 404,
  RATE_LIMITED: 429,
  SESSION_NOT_FOUND: 404,
  SKU_TAKEN: 409,
  STOCK_BELOW_RESERVED: 409,
  STOCK_LIMIT: 409,
  TOO_BUSY: 503,
  UNAUTHENTICATED: 401,
  USER_NOT_FOUND: 404,
  VERSION_MISMATCH: 412,
};

/** The status that a client sees for an error with this code. */
export const statusOf = (code: string): number => STATUSES[code] ?? HttpStatus.INTERNAL_SERVER_ERROR;

const CODE = /^[A-Z][A-Z_]*$/;
const RETRY_AFTER_SECONDS = '1';

/** The problem that `error` is to a client: no stack, no driver text, nothing that was not written for one. */
export const problemOf = (error: unknown, requestId: string): ProblemAnswer => {
  const { status, detail, code, headers = {}, errors, members = {} } = described(error);
  const body = {
    type: code === undefined ? 'about:blank' : `urn:larder:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: `urn:uuid:${requestId}`,
    ...(errors && { errors: [...errors] }),
    ...members,
  };
  return { body, headers: { ...standing(status), ...headers } };
};

// What every problem with this status carries, unless it says better itself.
const standing = (status: number): Record<string, string> => {
  if (status === 503) return { 'retry-after': RETRY_AFTER_SECONDS };
  return status === 401 ? { 'www-authenticate': 'Bearer realm="larder"' } : {};
};

interface Description {
  readonly status: number;
  readonly detail: string;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly Fault[];
  readonly members?: Readonly<Record<string, unknown>>;
}

const UNEXPECTED: Description = {
  status: HttpStatus.INTERNAL_SERVER_ERROR,
  detail: 'Something went wrong here. The log has it under this instance.',
};
const UNAVAILABLE: Description = {
  status: HttpStatus.SERVICE_UNAVAILABLE,
  detail: 'A store that this needs does not answer. Try again shortly.',
};

const described = (error: unknown): Description => {
  if (error instanceof ProblemError) return { status: error.status, detail: error.message, ...error.extras };
  if (isSourceUnavailable(error)) return UNAVAILABLE;
  const code = codeOf(error);
  const status = code === undefined ? undefined : STATUSES[code];
  if (code !== undefined && status !== undefined && error instanceof Error) {
    return { status, code, detail: error.message, headers: headersOf(error) };
  }
  if (error instanceof HttpException && error.getStatus() < 500) {
    // The router's own sentence repeats the address, whatever stands in it.
    const isUnknown = error.getStatus() === 404;
    return { status: error.getStatus(), detail: isUnknown ? 'There is nothing at this address.' : error.message };
  }
  return UNEXPECTED;
};

/** The code of an error that the shop or its cache raised by name. */
export const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return (error instanceof ShopError || /^(CACHE|WRITE|DEAD_LETTER)_/.test(error.code)) && CODE.test(error.code)
    ? error.code
    : undefined;
};

const headersOf = (error: Error): Record<string, string> => ({
  ...('retryAfterSeconds' in error && { 'retry-after': String(error.retryAfterSeconds) }),
  ...('challenge' in error && { 'www-authenticate': String(error.challenge) }),
});
