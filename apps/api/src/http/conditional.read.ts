import { HttpStatus } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { namesRepresentation } from './entity.tag.js';

/** Answers 304 without a body to a `GET` or `HEAD` whose `If-None-Match` names what would have been sent. */
export const answerNotModified = (fastify: FastifyInstance): void => {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const tag = reply.getHeader('etag');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const isKnown =
      isRead &&
      reply.statusCode === 200 &&
      typeof tag === 'string' &&
      namesRepresentation(request.headers['if-none-match'], tag);
    if (!isKnown) {
      done(null, payload);
      return;
    }
    reply.code(HttpStatus.NOT_MODIFIED).removeHeader('content-type').removeHeader('content-length');
    done(null, null);
  });
};
