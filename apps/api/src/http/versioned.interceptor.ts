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
import type { FastifyReply } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { versionTag } from './entity.tag.js';

/** The metadata key of handlers that answer the tag of a version; its value is where what they make is found. */
export const MADE_AT = 'larder:made-at';

/** Answers `ETag: "v<version>"` with what the handler answers, for `If-Match` of a later write; what it made `at` gets a `Location`. */
export const Versioned = (at?: string): MethodDecorator =>
  applyDecorators(SetMetadata(MADE_AT, at), UseInterceptors(VersionedInterceptor));

@Injectable()
export class VersionedInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler<{ version: number; id?: string }>): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const at = this.reflector.get<string | undefined>(MADE_AT, context.getHandler());
    return next.handle().pipe(
      tap(({ version, id }) => {
        void reply.header('etag', versionTag(version));
        if (at !== undefined && id !== undefined) void reply.header('location', `${at}/${id}`);
      }),
    );
  }
}
