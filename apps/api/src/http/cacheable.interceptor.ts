import { createHash } from 'node:crypto';
import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { observeReads } from '@larder/caching';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { cacheStatus, staleAgeMs } from './cache.status.js';

/** The metadata key of the lifetimes of a public answer. */
export const LIFETIMES = 'larder:cacheable';
const DIGEST_CHARACTERS = 27;

/** How long others may keep a public answer, in seconds. */
export interface Lifetimes {
  readonly maxAge: number;
  readonly staleWhileRevalidate: number;
}

/** A public read: answers `ETag` of the representation (304 to `If-None-Match`), `Cache-Control` and `Cache-Status`. */
export const Cacheable = (lifetimes: Lifetimes): MethodDecorator =>
  applyDecorators(SetMetadata(LIFETIMES, lifetimes), UseInterceptors(CacheableInterceptor));

@Injectable()
export class CacheableInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    const lifetimes = this.reflector.get<Lifetimes>(LIFETIMES, context.getHandler());
    return from(this.#answer(http.getResponse<FastifyReply>(), lifetimes, next));
  }

  async #answer(
    reply: FastifyReply,
    { maxAge, staleWhileRevalidate }: Lifetimes,
    next: CallHandler<unknown>,
  ): Promise<string> {
    const { result, reads } = await observeReads(() => lastValueFrom(next.handle()));
    const text = JSON.stringify(result);
    const status = cacheStatus(reads);
    const ageMs = staleAgeMs(reads);
    void reply.headers({
      'content-type': 'application/json; charset=utf-8',
      etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_CHARACTERS)}"`,
      'cache-control': `public, max-age=${maxAge}, stale-while-revalidate=${staleWhileRevalidate}`,
      vary: 'Larder-Position',
    });
    if (status !== undefined) void reply.header('cache-status', status);
    if (ageMs !== undefined) void reply.header('age', String(Math.floor(ageMs / 1_000)));
    return text;
  }
}
