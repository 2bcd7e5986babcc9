import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { Passwords } from './passwords.js';
import { PREFERENCES, PreferencesSchema } from './preferences.document.js';
import { PreferencesService } from './preferences.service.js';
import { PreferencesSink } from './preferences.sink.js';
import { SESSION, SessionSchema } from './session.document.js';
import { SessionRepository } from './session.repository.js';
import { SessionService } from './session.service.js';
import { SessionSink } from './session.sink.js';
import { USER, UserSchema } from './user.document.js';
import { UserRepository } from './user.repository.js';
import { UserService } from './user.service.js';

/** Users and their sessions. Needs `ShopDatabaseModule` and `CachingModule` in the same process. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: USER, schema: UserSchema },
      { name: SESSION, schema: SessionSchema },
      { name: PREFERENCES, schema: PreferencesSchema },
    ]),
  ],
  providers: [
    ...[Passwords, UserRepository, SessionRepository, UserService, SessionService],
    ...[PreferencesService, PreferencesSink, SessionSink],
  ],
  exports: [PreferencesService, UserService, SessionService],
})
export class AccountModule {}
