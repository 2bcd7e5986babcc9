import { Module } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import { Cache } from '@larder/caching';
import { Database } from '@larder/shop';
import type { Connection } from 'mongoose';
import type { HealthCheck } from './health.check.js';
import { HealthController } from './health.controller.js';
import { HEALTH_CHECKS, HealthService } from './health.service.js';
import { Readiness } from './readiness.js';

const mongodb = (database: Database, connection: Connection): HealthCheck => ({
  name: 'mongodb',
  isVital: true,
  ask: async () => {
    const { isReady, reason } = database.state();
    if (!isReady) throw new Error(reason);
    await connection.db?.admin().ping();
  },
});

const redis = (cache: Cache): HealthCheck => ({
  name: 'redis',
  isVital: false,
  ask: () => (cache.isAvailable ? Promise.resolve() : Promise.reject(new Error('the shared store does not answer'))),
});

/** Whether this process is alive and takes work. Needs `ShopDatabaseModule` and `CachingModule` in the same process. */
@Module({
  controllers: [HealthController],
  providers: [
    HealthService,
    Readiness,
    {
      provide: HEALTH_CHECKS,
      inject: [Database, getConnectionToken(), Cache],
      useFactory: (database: Database, connection: Connection, cache: Cache): HealthCheck[] => [
        mongodb(database, connection),
        redis(cache),
      ],
    },
  ],
})
export class HealthModule {}
