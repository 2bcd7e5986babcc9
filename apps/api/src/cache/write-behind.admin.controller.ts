import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { WriteBehindLog } from '@larder/caching';
import { Answers } from '../http/answers.decorator.js';
import { Idempotent } from '../http/idempotent.interceptor.js';
import { Requires } from '../session/access.decorators.js';
import {
  DeadLetterParams,
  DeadLettersAnswer,
  FlushAnswer,
  WriteLogAnswer,
  WriteParams,
  WriteStateAnswer,
} from './write-behind.answers.js';

/** What operators may see of the write log, and do about it. */
@Controller('v1/admin/cache/write-behind')
export class WriteBehindAdminController {
  constructor(private readonly log: WriteBehindLog) {}

  @Get()
  @Requires('cache:read')
  @Answers(200, WriteLogAnswer)
  async show(): Promise<WriteLogAnswer> {
    const { depth, oldestMs, flushed, coalesced, retried, dead, lostAt } = await this.log.figures();
    const loss = lostAt === undefined ? {} : { lostAt: new Date(lostAt).toISOString() };
    return { depth, oldestMs, flushed, coalesced, retried, dead, ...loss };
  }

  @Post('flush')
  @HttpCode(200)
  @Requires('cache:admin')
  @Idempotent('log')
  @Answers(200, FlushAnswer)
  async flush(): Promise<FlushAnswer> {
    return { flushed: await this.log.flushAll() };
  }

  @Get('writes/:writeId')
  @Requires('cache:read')
  @Answers(200, WriteStateAnswer, [404])
  state(@Param({ schema: WriteParams }) { writeId }: WriteParams): Promise<WriteStateAnswer> {
    return this.log.state(writeId);
  }

  @Get('dead-letters')
  @Requires('cache:read')
  @Answers(200, DeadLettersAnswer)
  async deadLetters(): Promise<DeadLettersAnswer> {
    const letters = await this.log.deadLetters.list();
    return {
      items: letters.map(({ id, region, reason, at, name, write }) => ({
        ...{ id, region, reason, at },
        write: write && {
          key: name.slice(region.length + 1),
          set: Object.fromEntries(Object.entries(write.set).map(([field, value]) => [field, JSON.stringify(value)])),
          add: write.add,
          operations: write.count,
        },
      })),
    };
  }

  @Post('dead-letters/:id/retry')
  @HttpCode(204)
  @Requires('cache:admin')
  @Idempotent('log')
  @Answers(204, undefined, [404, 409])
  retry(@Param({ schema: DeadLetterParams }) { id }: DeadLetterParams): Promise<void> {
    return this.log.deadLetters.retry(id);
  }

  @Delete('dead-letters/:id')
  @HttpCode(204)
  @Requires('cache:admin')
  @Answers(204, undefined, [404])
  drop(@Param({ schema: DeadLetterParams }) { id }: DeadLetterParams): Promise<void> {
    return this.log.deadLetters.drop(id);
  }
}
