import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { Passwords } from './passwords.js';
import { SESSION, SessionSchema } from './session.document.js';
import { SessionRepository } from './session.repository.js';
import { SessionService } from './session.service.js';
import { USER, UserSchema } from './user.document.js';
import { UserRepository } from './user.repository.js';
import { UserService } from './user.service.js';

/** Users and their sessions. Needs `ShopDatabaseModule` and `CachingModule` in the same process. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: USER, schema: UserSchema },
      { name: SESSION, schema: SessionSchema },
    ]),
  ],
  providers: [Passwords, UserRepository, SessionRepository, UserService, SessionService],
  exports: [UserService, SessionService],
})
export class AccountModule {}
