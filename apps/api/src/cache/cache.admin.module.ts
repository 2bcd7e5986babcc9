import { Module } from '@nestjs/common';
import { CacheAdminController } from './cache.admin.controller.js';
import { WriteBehindAdminController } from './write-behind.admin.controller.js';

/** The administrative view of the cache. */
@Module({ controllers: [CacheAdminController, WriteBehindAdminController] })
export class CacheAdminModule {}
