import { Controller, Get } from '@nestjs/common';
import { Cache, Preloading } from '@larder/caching';
import { Answers } from '../http/answers.decorator.js';
import { Requires } from '../session/access.decorators.js';
import { AheadAnswer } from './ahead.answers.js';
import { aheadOf } from './ahead.overview.js';

/** What operators may see of what is loaded ahead. */
@Controller('v1/admin/cache/ahead')
export class AheadAdminController {
  constructor(
    private readonly preloading: Preloading,
    private readonly cache: Cache,
  ) {}

  @Get()
  @Requires('cache:read')
  @Answers(200, AheadAnswer)
  async show(): Promise<AheadAnswer> {
    const reports = await this.preloading.reports();
    return aheadOf(reports, (region, params) => this.cache.regions.named(region).region.encode(params as never));
  }
}
