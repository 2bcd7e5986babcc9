import { Module } from '@nestjs/common';
import { AheadAdminController } from './ahead.admin.controller.js';
import { CacheAdminController } from './cache.admin.controller.js';
import { WriteBehindAdminController } from './write-behind.admin.controller.js';

/** The administrative view of the cache. */
@Module({ controllers: [AheadAdminController, CacheAdminController, WriteBehindAdminController] })
export class CacheAdminModule {}
