import type { Session, User } from '@larder/shop';

/** Who a request comes from: a live session, its user, and what the user is granted. */
export interface Principal {
  readonly sessionId: string;
  readonly user: User;
  readonly permissions: readonly string[];
  readonly session: Session;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard on routes that ask for a session and got a live one. */
    principal?: Principal;
  }
}
