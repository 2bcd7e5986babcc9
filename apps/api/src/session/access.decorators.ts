import { createParamDecorator, SetMetadata, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import type { Permission } from '@larder/shop';
import type { FastifyRequest } from 'fastify';
import type { Principal } from './principal.js';

/** The metadata key under which a route's demand is kept. */
export const ACCESS = 'larder:access';

/** What a route asks of its caller. */
export interface AccessDemand {
  readonly isOptional: boolean;
  readonly permission?: Permission;
  /** A token that is not valid is as good as none. */
  readonly isTolerant?: boolean;
}

const demand = (access: AccessDemand): CustomDecorator => SetMetadata(ACCESS, access);

/** The route is for sessions whose user has `permission`: else 401 without a session, 403 without the permission. */
export const Requires = (permission: Permission): CustomDecorator => demand({ isOptional: false, permission });

/** The route is for any live session: else 401. */
export const SignedIn = (): CustomDecorator => demand({ isOptional: false });

/** The route is for everyone, and knows a session when it gets one. A token that is sent and not valid is a 401. */
export const OptionallySignedIn = (): CustomDecorator => demand({ isOptional: true });

/** The route is for everyone, and knows a live session when it gets one; whatever else is sent is ignored. */
export const KnowsSession = (): CustomDecorator => demand({ isOptional: true, isTolerant: true });

/** The caller; `undefined` without a session, which can only be on `@OptionallySignedIn()` routes. */
export const CurrentUser = createParamDecorator(
  (_options: unknown, context: ExecutionContext): Principal | undefined =>
    context.switchToHttp().getRequest<FastifyRequest>().principal,
);
