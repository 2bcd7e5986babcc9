import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { type Answer, Idempotency } from '@larder/shop';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { codeOf, problemOf } from './problem.js';
import { RepeatedRefusal } from './problem.error.js';
import { invalidRequest } from './validation.pipe.js';

/** The metadata key of handlers that honour `Idempotency-Key`. */
export const IDEMPOTENT = 'larder:idempotent';

const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;
const REPLAYED_HEADERS = ['etag', 'location', 'larder-position'];
// What is so at this moment alone, or was never looked at by the shop: another try with the same key may end otherwise.
const TRANSIENT_STATUSES = new Set([400, 401, 403, 412, 413, 415, 429]);

/**
 * The POST honours `Idempotency-Key`: its effect happens once, its first answer is replayed for 24 h. Successes and the shop's own
 * refusals (404, 409, 422) are first answers; other 4xx and every 5xx leave the key unused.
 */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(SetMetadata(IDEMPOTENT, true), UseInterceptors(IdempotentInterceptor));

@Injectable()
export class IdempotentInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: Idempotency) {}

  /** @throws {ProblemError} 400 for a key that is no 1–255 printable characters */
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return next.handle();
    if (typeof key !== 'string' || !KEY.test(key)) {
      throw invalidRequest([{ path: 'Idempotency-Key', message: 'expected 1 to 255 printable ASCII characters' }]);
    }
    return from(this.#once(key, request, http.getResponse<FastifyReply>(), next));
  }

  async #once(key: string, request: FastifyRequest, reply: FastifyReply, next: CallHandler<unknown>): Promise<unknown> {
    const { method, url, body, routeOptions, principal } = request;
    const repeatable = {
      principal: principal?.user.id ?? '',
      route: `${method} ${routeOptions.url ?? ''}`,
      target: url,
      key,
      body,
    };
    const answer = await this.idempotency.once(
      repeatable,
      async () => answerOf(reply, await lastValueFrom(next.handle(), { defaultValue: undefined })),
      (error) => refusalOf(error, request.id),
    );
    if (answer.status >= 400) throw new RepeatedRefusal(answer);
    void reply.headers(answer.headers);
    return answer.body === null ? undefined : JSON.parse(answer.body);
  }
}

const answerOf = (reply: FastifyReply, result: unknown): Answer => ({
  status: reply.statusCode,
  headers: Object.fromEntries(
    REPLAYED_HEADERS.filter((name) => reply.hasHeader(name)).map((name) => [name, String(reply.getHeader(name))]),
  ),
  body: result === undefined ? null : JSON.stringify(result),
});

const refusalOf = (error: unknown, requestId: string): Answer | undefined => {
  const code = codeOf(error);
  if (code === undefined || code.startsWith('IDEMPOTENCY_')) return undefined;
  const { body, headers } = problemOf(error, requestId);
  if (body.status >= 500 || TRANSIENT_STATUSES.has(body.status)) return undefined;
  return { status: body.status, headers, body: JSON.stringify(body) };
};
