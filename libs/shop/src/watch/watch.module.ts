import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ChangeWatcher } from './change.watcher.js';
import { RESUME_TOKEN, ResumeTokenSchema } from './resume-token.document.js';
import { ResumeTokenRepository } from './resume-token.repository.js';

/** The watcher of changes. Needs `ShopDatabaseModule` and `CachingModule` in the same process. */
@Module({
  imports: [MongooseModule.forFeature([{ name: RESUME_TOKEN, schema: ResumeTokenSchema }])],
  providers: [ChangeWatcher, ResumeTokenRepository],
  exports: [ChangeWatcher],
})
export class WatchModule {}
