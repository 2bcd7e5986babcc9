import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import {
  behind,
  Cache,
  CachingModule,
  defineRegion,
  minutes,
  MongoSink,
  ReadThrough,
  WriteBehind,
  WriteBehindLog,
  type BehindWrite,
  type WriteOperation,
} from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';

interface Thing {
  readonly name: string;
  readonly views: number;
}

const shape = { version: 1, key: ({ id }: { id: string }) => id, ttlMs: minutes(10), earlyRefresh: 0 };
const tagged = defineRegion<{ id: string }, Thing>({ ...shape, name: 'tagged', tags: ({ id }) => [`thing:${id}`] });
const old = defineRegion<{ id: string }, Thing>({ ...shape, name: 'old', ttlMs: 1, staleIfErrorMs: minutes(10) });
const plain = defineRegion<{ id: string }, Thing>({ ...shape, name: 'plain' });

/** The source is away for good once a test says so; nothing is ever flushed here. */
let isAway = false;
const source = (): Promise<Thing> =>
  isAway ? Promise.reject(new Error('the source is away')) : Promise.resolve({ name: 'old', views: 1 });

@Injectable()
class ThingSink extends MongoSink<Thing> {
  constructor() {
    super(() => {
      throw new Error('the source is away');
    });
  }
}

@Module({})
class Root {}

@Injectable()
class Things {
  @ReadThrough(tagged)
  tagged(): Promise<Thing> {
    return source();
  }

  @ReadThrough(old)
  old(): Promise<Thing> {
    return source();
  }

  @ReadThrough(plain)
  plain(): Promise<Thing> {
    return source();
  }

  @WriteBehind(tagged, { key: (id: string) => ({ id }), sink: ThingSink })
  changeTagged(_id: string, operation: WriteOperation): Promise<BehindWrite> {
    return Promise.resolve(behind(operation));
  }

  @WriteBehind(plain, { key: (id: string) => ({ id }), sink: ThingSink })
  changePlain(_id: string, operation: WriteOperation): Promise<BehindWrite> {
    return Promise.resolve(behind(operation));
  }

  @WriteBehind(old, { key: (id: string) => ({ id }), sink: ThingSink })
  changeOld(_id: string, operation: WriteOperation): Promise<BehindWrite> {
    return Promise.resolve(behind(operation));
  }
}

let redis: LocalServer;
let queue: LocalServer;
let app: INestApplicationContext;
let things: Things;
let cache: Cache;

beforeAll(async () => {
  [redis, queue] = await Promise.all([aRedis({ role: 'cache' }), aRedis({ role: 'queue' })]);
  const caching = CachingModule.forRoot({
    redisUrl: redis.url,
    queueRedisUrl: queue.url,
    declared: [tagged, old, plain],
  });
  const module = { module: Root, imports: [caching], providers: [Things, ThingSink] };
  app = await NestFactory.createApplicationContext(module, { logger: false });
  things = app.get(Things);
  cache = app.get(Cache);
  const log = app.get(WriteBehindLog);
  await until(() => cache.isAvailable && log.unavailableFor === undefined && log.isReadable, { withinMs: 5_000 });
});
beforeEach(() => (isAway = false));
afterAll(async () => {
  await app.close();
  await Promise.all([redis.stop(), queue.stop()]);
});

describe('a kept value', () => {
  it('with tags shows what is accepted while its source is away, and goes when a tag does', async () => {
    await cache.read(tagged, { id: 'a' });
    isAway = true;
    await things.changeTagged('a', { set: { name: 'new' } });
    expect(await cache.read(tagged, { id: 'a' })).toEqual({ name: 'new', views: 1 });
    isAway = false;
    await cache.invalidateTags(['thing:a']);
    isAway = true;
    await expect(cache.read(tagged, { id: 'a' })).rejects.toThrow('the source is away');
  });

  it('that is stale shows what is accepted while its source is away, and stays as stale as it was', async () => {
    await cache.read(old, { id: 'a' });
    isAway = true;
    await things.changeOld('a', { set: { name: 'new' } });
    expect(await cache.read(old, { id: 'a' })).toEqual({ name: 'new', views: 1 });
    isAway = false;
    await things.changeOld('a', { set: { name: 'newer' } });
    await until(async () => (await cache.read(old, { id: 'a' })).name === 'newer', { withinMs: 1_000 });
  });

  it('shows no addend twice', async () => {
    for (let n = 0; n <= 3; n += 1) {
      expect(await cache.read(plain, { id: 'sum' })).toEqual({ name: 'old', views: 1 + 2 * n });
      await things.changePlain('sum', { add: { views: 2 } });
    }
  });

  it('is left alone by a write that was not accepted', async () => {
    await cache.read(tagged, { id: 'refused' });
    isAway = true;
    await expect(things.changeTagged('refused', { set: { 'a..b': 1 } })).rejects.toMatchObject({
      code: 'WRITE_INVALID',
    });
    expect(await cache.read(tagged, { id: 'refused' })).toEqual({ name: 'old', views: 1 });
  });
});
