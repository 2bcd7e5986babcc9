import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { writeKeyOf } from '@larder/shop';
import type { FastifyRequest } from 'fastify';
import { repeatableRequest } from './repeatable.request.js';

/**
 * The `Idempotency-Key` of the request, made one among all principals, routes and bodies: for the ids of what it writes behind.
 * `undefined` without one.
 */
export const IdempotencyKey = createParamDecorator((_given: unknown, context: ExecutionContext): string | undefined => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const key = request.headers['idempotency-key'];
  return typeof key === 'string' ? writeKeyOf(repeatableRequest(request, key)) : undefined;
});
