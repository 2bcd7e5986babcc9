import { Global, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { IDEMPOTENCY_RECORD, IdempotencySchema } from './idempotency.document.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { Idempotency } from './idempotency.service.js';
import { LoggedIdempotency } from './logged.idempotency.js';

/** `Idempotency`, with its records in MongoDB, and `LoggedIdempotency`, in the write log, for every module. Import it once. */
@Global()
@Module({
  imports: [MongooseModule.forFeature([{ name: IDEMPOTENCY_RECORD, schema: IdempotencySchema }])],
  providers: [IdempotencyRepository, Idempotency, LoggedIdempotency],
  exports: [Idempotency, LoggedIdempotency],
})
export class IdempotencyModule {}
