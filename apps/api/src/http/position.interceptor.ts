import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Cache, trackPosition } from '@larder/caching';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';

const HEADER = 'larder-position';
const READS = new Set(['GET', 'HEAD']);

/** Answers `Larder-Position` to writes; a request that sends one back sees at least that write, whichever instance it asks. */
@Injectable()
export class PositionInterceptor implements NestInterceptor {
  constructor(private readonly cache: Cache) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    const { method, headers } = http.getRequest<FastifyRequest>();
    const seen = headers[HEADER];
    const handle = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    if (!READS.has(method)) return from(this.#write(http.getResponse<FastifyReply>(), handle));
    return typeof seen === 'string' ? from(this.cache.atLeast(seen, handle)) : next.handle();
  }

  async #write(reply: FastifyReply, handle: () => Promise<unknown>): Promise<unknown> {
    const { result, position } = await trackPosition(handle);
    const token = position();
    if (token !== '') void reply.header(HEADER, token);
    return result;
  }
}
