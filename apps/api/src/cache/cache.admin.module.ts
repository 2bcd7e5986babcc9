import { Module } from '@nestjs/common';
import { CacheAdminController } from './cache.admin.controller.js';

/** The administrative view of the cache. */
@Module({ controllers: [CacheAdminController] })
export class CacheAdminModule {}
