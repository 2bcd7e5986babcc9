import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/**
 * The `Idempotency-Key` of the request, made one among all principals and routes: for work that is not undone with the
 * transaction it runs in. `undefined` without one.
 */
export const IdempotencyKey = createParamDecorator((_given: unknown, context: ExecutionContext): string | undefined => {
  const { headers, method, url, principal } = context.switchToHttp().getRequest<FastifyRequest>();
  const key = headers['idempotency-key'];
  if (typeof key !== 'string') return undefined;
  const whole = JSON.stringify([principal?.user.id ?? '', method, url, key]);
  return createHash('sha256').update(whole).digest('base64url').slice(0, 32);
});
