import type { FastifyInstance } from 'fastify';

/**
 * What every answer carries: nobody keeps it unless its route says so, what is public is for its sender alone once the request
 * carries `Authorization`, and nobody guesses its type. Once the process leaves, connections are given up one by one.
 */
export const setAnswerHeaders = (fastify: FastifyInstance, isLeaving: () => boolean): void => {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    const given = reply.getHeader('cache-control');
    const isShareable = typeof given === 'string' && !/\b(private|no-store)\b/.test(given);
    if (given === undefined) void reply.header('cache-control', 'no-store');
    else if (isShareable && request.headers.authorization !== undefined)
      void reply.header('cache-control', 'private, no-cache');
    if (isLeaving()) void reply.header('connection', 'close');
    void reply.header('x-content-type-options', 'nosniff');
    done();
  });
};
