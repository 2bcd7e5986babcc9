import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { trackPosition } from '@larder/caching';
import { type Answer, Idempotency, LoggedIdempotency } from '@larder/shop';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { codeOf, problemOf } from './problem.js';
import { RepeatedRefusal } from './problem.error.js';
import { repeatableRequest } from './repeatable.request.js';
import { invalidRequest } from './validation.pipe.js';

/** The metadata key of handlers that honour `Idempotency-Key`. */
export const IDEMPOTENT = 'larder:idempotent';

type Handle = () => Promise<unknown>;

/** Where the record of a request is: in one transaction with its effects, or in the write log that they end in. */
type Record = 'transaction' | 'log';

const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;
const POSITION = 'larder-position';
const REPLAYED_HEADERS = ['etag', 'location', POSITION];
// What is so at this moment alone, or was never looked at by the shop: another try with the same key may end otherwise.
const TRANSIENT_STATUSES = new Set([400, 401, 403, 412, 413, 415, 429]);

/**
 * The POST honours `Idempotency-Key`: its effect happens once, its first answer is replayed for 24 h. Successes and the shop's own
 * refusals (404, 409, 422) are first answers; other 4xx and every 5xx leave the key unused, but for a 503 after which something
 * may have been accepted by the log: then it stays this request's.
 */
export const Idempotent = (record: Record = 'transaction'): MethodDecorator =>
  applyDecorators(SetMetadata(IDEMPOTENT, record), UseInterceptors(IdempotentInterceptor));

@Injectable()
export class IdempotentInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly idempotency: Idempotency,
    private readonly logged: LoggedIdempotency,
  ) {}

  /** @throws {ProblemError} 400 for a key that is no 1–255 printable characters */
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return next.handle();
    if (typeof key !== 'string' || !KEY.test(key)) {
      throw invalidRequest([{ path: 'Idempotency-Key', message: 'expected 1 to 255 printable ASCII characters' }]);
    }
    const reply = http.getResponse<FastifyReply>();
    const record = this.reflector.get<Record>(IDEMPOTENT, context.getHandler());
    const handle = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    return from(
      record === 'log' ? this.#onceByLog(key, request, reply, handle) : this.#once(key, request, reply, handle),
    );
  }

  async #once(key: string, request: FastifyRequest, reply: FastifyReply, handle: Handle): Promise<unknown> {
    const answer = await this.idempotency.once(
      repeatableRequest(request, key),
      async () => answerOf(reply, await handle()),
      (error) => refusalOf(error, request.id),
    );
    return replayed(reply, answer);
  }

  /** The position is one of the first answer too: what was accepted is said to the bus before that is kept. */
  async #onceByLog(key: string, request: FastifyRequest, reply: FastifyReply, handle: Handle): Promise<unknown> {
    const answer = await this.logged.once(
      repeatableRequest(request, key),
      async () => {
        const { result, position } = await trackPosition(handle);
        const { status, headers, body } = answerOf(reply, result);
        return { status, headers: { ...headers, ...(position() !== '' && { [POSITION]: position() }) }, body };
      },
      (error) => refusalOf(error, request.id),
    );
    return replayed(reply, answer);
  }
}

const replayed = (reply: FastifyReply, answer: Answer): unknown => {
  if (answer.status >= 400) throw new RepeatedRefusal(answer);
  void reply.headers(answer.headers);
  return answer.body === null ? undefined : JSON.parse(answer.body);
};

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
