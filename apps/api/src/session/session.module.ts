import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Settings } from '@larder/config';
import { AccountModule, IdempotencyModule, UserService } from '@larder/shop';
import { AccessGuard } from './access.guard.js';
import { AccessTokens } from './access-tokens.js';
import { Authenticator } from './authenticator.js';
import { EntryLimits } from './entry.limits.js';
import { FirstAdministrator } from './first-administrator.js';
import { LastAccessRecorder } from './last-access.recorder.js';
import { LimitsConnection } from './limits.connection.js';
import { SessionController } from './session.controller.js';
import { SignInService } from './sign-in.service.js';
import { UserAdminController } from './user.admin.controller.js';
import { UserController } from './user.controller.js';

/** What sessions need to be told. */
export type SessionSettings = Pick<
  Settings,
  | 'ACCESS_TOKEN_KEYS'
  | 'ADMIN_EMAIL'
  | 'ADMIN_PASSWORD'
  | 'QUEUE_REDIS_URL'
  | 'RATE_LIMIT_REGISTRATION'
  | 'RATE_LIMIT_SIGN_IN'
  | 'RATE_LIMIT_SIGN_IN_FAILURES'
>;

/** Accounts, sessions and access. Its guard holds every route of the application to its `@Requires`. */
@Module({})
export class SessionModule {
  static forRoot(settings: SessionSettings): DynamicModule {
    return {
      module: SessionModule,
      imports: [AccountModule, IdempotencyModule],
      controllers: [UserController, SessionController, UserAdminController],
      providers: [
        SignInService,
        Authenticator,
        LastAccessRecorder,
        { provide: AccessTokens, useFactory: () => AccessTokens.of(settings.ACCESS_TOKEN_KEYS) },
        { provide: LimitsConnection, useFactory: () => new LimitsConnection(settings.QUEUE_REDIS_URL) },
        {
          provide: EntryLimits,
          inject: [LimitsConnection],
          useFactory: ({ client }: LimitsConnection) =>
            new EntryLimits(client, {
              signIns: settings.RATE_LIMIT_SIGN_IN,
              failures: settings.RATE_LIMIT_SIGN_IN_FAILURES,
              registrations: settings.RATE_LIMIT_REGISTRATION,
            }),
        },
        {
          provide: FirstAdministrator,
          inject: [UserService],
          useFactory: (users: UserService) =>
            new FirstAdministrator(users, settings.ADMIN_EMAIL, settings.ADMIN_PASSWORD),
        },
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
      exports: [Authenticator],
    };
  }
}
