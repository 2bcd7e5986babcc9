import type { RepeatableRequest } from '@larder/shop';
import type { FastifyRequest } from 'fastify';

/** What tells a request from others, under the key that it came with. */
export const repeatableRequest = (
  { method, url, body, routeOptions, principal }: FastifyRequest,
  key: string,
): RepeatableRequest => ({
  principal: principal?.user.id ?? '',
  route: `${method} ${routeOptions.url ?? ''}`,
  target: url,
  key,
  body,
});
