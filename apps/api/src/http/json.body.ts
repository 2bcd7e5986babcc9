import { HttpStatus } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from './problem.error.js';

const DEEPEST = 64;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)"?/i;

const malformed = (detail: string): ProblemError => new ProblemError(HttpStatus.BAD_REQUEST, detail);

/**
 * The value of a JSON body; an empty body is `undefined`.
 * @throws {ProblemError} 400 for bytes that are no UTF-8, for what is no JSON, for more than 64 levels, and for keys that reach a prototype
 */
export const parseJsonBody = (bytes: Uint8Array): unknown => {
  if (bytes.length === 0) return undefined;
  const value = parsed(decoded(bytes));
  refuseUnsafe(value, 1);
  return value;
};

const decoded = (bytes: Uint8Array): string => {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw malformed('The body is not valid UTF-8.');
  }
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('The body is not valid JSON.');
  }
};

const refuseUnsafe = (value: unknown, depth: number): void => {
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEEPEST) throw malformed(`The body is nested deeper than ${DEEPEST} levels.`);
  if (Array.isArray(value)) {
    for (const member of value) refuseUnsafe(member, depth + 1);
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key))
      throw malformed('The body has a key that is never allowed: __proto__, constructor or prototype.');
    refuseUnsafe(member, depth + 1);
  }
};

const refuseEncoding = ({ headers }: FastifyRequest): void => {
  const charset = CHARSET.exec(headers['content-type'] ?? '')?.[1];
  const isUtf8 = charset === undefined || /^utf-?8$/i.test(charset);
  const isPlain = /^(identity)?$/i.test(headers['content-encoding'] ?? '');
  if (!isUtf8 || !isPlain)
    throw new ProblemError(HttpStatus.UNSUPPORTED_MEDIA_TYPE, 'Send JSON as UTF-8, without a content encoding.');
};

/** Takes JSON bodies and nothing else; another content type is 415. */
export const acceptJsonOnly = (fastify: FastifyInstance): void => {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer, done) => {
      try {
        refuseEncoding(request);
        done(null, parseJsonBody(body));
      } catch (error) {
        done(error as Error, undefined);
      }
    },
  );
};
