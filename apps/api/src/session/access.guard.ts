import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { isGranted } from '@larder/shop';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ACCESS, type AccessDemand } from './access.decorators.js';
import { ForbiddenError, UnauthenticatedError } from './access.errors.js';
import { Authenticator } from './authenticator.js';

/** Holds every route to what its `@Requires`, `@SignedIn` or `@OptionallySignedIn` asks; other routes never look at a token. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  /**
   * @throws {UnauthenticatedError} a session is asked for and none is live, or an invalid token was sent
   * @throws {ForbiddenError} the user lacks the permission
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    const demand = this.reflector.getAllAndOverride<AccessDemand | undefined>(ACCESS, places);
    if (!demand) return true;
    const http = context.switchToHttp();
    try {
      await this.admit(http.getRequest<FastifyRequest>(), demand);
    } catch (error) {
      if (demand.isTolerant) return true; // the answer is the same for everyone
      if (error instanceof UnauthenticatedError || error instanceof ForbiddenError) {
        void http.getResponse<FastifyReply>().header('www-authenticate', error.challenge);
      }
      throw error;
    }
    return true;
  }

  private async admit(request: FastifyRequest, { isOptional, permission }: AccessDemand): Promise<void> {
    const { authorization } = request.headers;
    if (authorization === undefined) {
      if (isOptional) return;
      throw new UnauthenticatedError('missing');
    }
    const principal = await this.authenticator.principalOf(authorization);
    if (permission && !isGranted(principal.permissions, permission)) throw new ForbiddenError(permission);
    request.principal = principal;
  }
}
