import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalidRequest } from './validation.pipe.js';

const VISITOR_ID = /^[\x21-\x7e]{1,64}$/;

/**
 * Who looks: the signed-in user, else what `X-Visitor-Id` says; `undefined` for nobody known.
 * @throws {ProblemError} 400 for an id that is no 1–64 printable characters
 */
export const Visitor = createParamDecorator((_given: unknown, context: ExecutionContext): string | undefined => {
  const { headers, principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (principal) return `user:${principal.user.id}`;
  const id = headers['x-visitor-id'];
  if (id === undefined) return undefined;
  if (typeof id !== 'string' || !VISITOR_ID.test(id))
    throw invalidRequest([{ path: 'X-Visitor-Id', message: 'expected 1 to 64 printable ASCII characters' }]);
  return `visitor:${id}`;
});
