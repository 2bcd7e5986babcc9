import { Global, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { IDEMPOTENCY_RECORD, IdempotencySchema } from './idempotency.document.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { Idempotency } from './idempotency.service.js';

/** `Idempotency` for every module of a process, with its records in MongoDB. Import it once. */
@Global()
@Module({
  imports: [MongooseModule.forFeature([{ name: IDEMPOTENCY_RECORD, schema: IdempotencySchema }])],
  providers: [IdempotencyRepository, Idempotency],
  exports: [Idempotency],
})
export class IdempotencyModule {}
