import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError, RepeatedRefusal } from './problem.error.js';
import { problemOf } from './problem.js';

/** Answers every error as `application/problem+json`; those that are our fault are logged with their cause. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Request');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    if (error instanceof RepeatedRefusal) {
      const { status, headers, body } = error.answer;
      send(reply, status, headers, body ?? '');
      return;
    }
    const { body, headers } = problemOf(error, request.id);
    if (body.status === 500) this.#logger.error({ err: error }, 'failed');
    else if (body.status > 500 && !(error instanceof ProblemError))
      this.#logger.warn({ err: error }, 'refused for now');
    send(reply, body.status, headers, JSON.stringify(body));
  }
}

const send = (reply: FastifyReply, status: number, headers: Readonly<Record<string, string>>, body: string): void => {
  reply.removeHeader('etag').removeHeader('location');
  void reply
    .code(status)
    .headers({ 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store', ...headers })
    .send(body);
};
