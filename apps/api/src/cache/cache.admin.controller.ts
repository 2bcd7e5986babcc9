import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { RegionAdministration } from '@larder/caching';
import { Answers } from '../http/answers.decorator.js';
import { Requires } from '../session/access.decorators.js';
import { EntryAnswer, RegionAnswer, RegionsAnswer } from './cache.answers.js';
import { EntryParams, RegionParams, TagParams } from './cache.params.js';

/** What operators may see of the cache, and take back in it. */
@Controller('v1/admin/cache/regions')
export class CacheAdminController {
  constructor(private readonly regions: RegionAdministration) {}

  @Get()
  @Requires('cache:read')
  @Answers(200, RegionsAnswer)
  list(): RegionsAnswer {
    return { items: this.regions.list() };
  }

  @Get(':region')
  @Requires('cache:read')
  @Answers(200, RegionAnswer, [404])
  show(@Param({ schema: RegionParams }) { region }: RegionParams): RegionAnswer {
    return this.regions.describe(region);
  }

  @Delete(':region')
  @Requires('cache:write')
  @HttpCode(204)
  @Answers(204, undefined, [404])
  clear(@Param({ schema: RegionParams }) { region }: RegionParams): Promise<void> {
    return this.regions.clear(region);
  }

  @Get(':region/entries/:key')
  @Requires('cache:read')
  @Answers(200, EntryAnswer, [404])
  entry(@Param({ schema: EntryParams }) { region, key }: EntryParams): Promise<EntryAnswer> {
    return this.regions.entry(region, key);
  }

  @Delete(':region/entries/:key')
  @Requires('cache:write')
  @HttpCode(204)
  @Answers(204, undefined, [404])
  invalidate(@Param({ schema: EntryParams }) { region, key }: EntryParams): Promise<void> {
    return this.regions.invalidate(region, key);
  }

  @Delete(':region/tags/:tag')
  @Requires('cache:write')
  @HttpCode(204)
  @Answers(204, undefined, [404])
  invalidateTag(@Param({ schema: TagParams }) { region, tag }: TagParams): Promise<void> {
    return this.regions.invalidateTag(region, tag);
  }
}
