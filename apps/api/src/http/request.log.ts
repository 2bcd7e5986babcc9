import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { withinRequest } from './request.context.js';

const LONGEST_STEP = 64;

/** The path of a URL as it may stand in a log: no query, and no step that is long enough to be a token. */
export const loggedPath = (url: string): string =>
  (url.split('?', 1)[0] ?? '')
    .split('/')
    .slice(0, 12)
    .map((step) => (step.length > LONGEST_STEP ? `${step.slice(0, 8)}…` : step))
    .join('/');

// Whoever watches this process asks every second or so.
const levelOf = (url: string, status: number): 'debug' | 'info' | 'warn' => {
  if (status >= 500) return 'warn';
  return url.startsWith('/health/') ? 'debug' : 'info';
};

/** Gives each request its id in every line that it logs, and writes one line when it has been answered. */
export const logRequests = (fastify: FastifyInstance, log: Logger): void => {
  fastify.addHook('onRequest', (request, _reply, done) => {
    withinRequest(request.id, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, url } = request;
    const level = levelOf(url, reply.statusCode);
    log[level](
      {
        reqId: request.id,
        method,
        path: loggedPath(url),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    );
    done();
  });
};
