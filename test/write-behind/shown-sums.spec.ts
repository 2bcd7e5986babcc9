import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  behind,
  type BehindWrite,
  Cache,
  CachingModule,
  type LoadContext,
  MongoSink,
  ReadThrough,
  WriteBehind,
  WriteBehindLog,
} from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import type { Connection } from 'mongoose';
import { aMongo, aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';
import { aDatabase, aLoggedRegion, type Kept } from '../support/write-logs.js';

const region = aLoggedRegion();
const A = { id: 'a' };
const keyOf = (id: string): { id: string } => ({ id });

interface Liked extends Kept {
  readonly _id: string;
  readonly log?: { readonly applied: number };
}

const servers: LocalServer[] = [];
let database: Connection;
let module: TestingModule;

@Injectable()
class LikeSink extends MongoSink<Kept | null> {
  constructor() {
    super(() => database.collection(region.name));
  }
}

@Injectable()
class Likes {
  @ReadThrough(region)
  async load({ id }: { id: string }, context: LoadContext): Promise<Kept | null> {
    const found = await database.collection<Liked>(region.name).findOne({ _id: id });
    context.applied(found?.log?.applied ?? 0);
    return found && { id, likes: found['likes'], name: found['name'] };
  }

  @WriteBehind(region, { key: keyOf, sink: LikeSink })
  like(_id: string, likes: number, requestId?: string): Promise<BehindWrite> {
    return Promise.resolve(behind({ add: { likes } }, requestId === undefined ? {} : { id: requestId }));
  }

  @WriteBehind(region, { key: keyOf, sink: LikeSink })
  rename(_id: string, name: string): Promise<BehindWrite> {
    return Promise.resolve(behind({ set: { name } }));
  }
}

const liked = async (): Promise<unknown> => (await module.get(Cache).read(region, A))?.['likes'];

beforeAll(async () => {
  const [queue, cache, mongo] = await Promise.all([aRedis({ role: 'queue' }), aRedis({ role: 'cache' }), aMongo()]);
  servers.push(queue, cache, mongo);
  database = await aDatabase(mongo.url);
  module = await Test.createTestingModule({
    imports: [CachingModule.forRoot({ redisUrl: cache.url, queueRedisUrl: queue.url })],
    providers: [LikeSink, Likes],
  }).compile();
  await module.init();
  const [kept, log] = [module.get(Cache), module.get(WriteBehindLog)];
  await until(() => kept.isAvailable && log.isReadable && log.unavailableFor === undefined, { withinMs: 5_000 });
});
afterAll(async () => {
  await module.close();
  await database.close();
  await Promise.all(servers.map((server) => server.stop()));
});

it('sums that a cached value shows are shown once, however many are accepted and sent again, and once they are flushed', async () => {
  const [likes, log] = [module.get(Likes), module.get(WriteBehindLog)];
  await database.collection<Liked>(region.name).insertOne({ _id: 'a', id: 'a', version: 1, likes: 100 });
  expect(await liked()).toBe(100);

  await likes.like('a', 1);
  expect(await liked()).toBe(101);
  await likes.like('a', 2);
  expect(await liked()).toBe(103);
  await likes.rename('a', 'x');
  expect(await liked()).toBe(103);
  for (let time = 0; time < 3; time += 1) {
    await likes.like('a', 4, 'once');
    expect(await liked()).toBe(107);
  }
  await log.flush();
  expect(await liked()).toBe(107);
  expect(await database.collection<Liked>(region.name).findOne({ _id: 'a' })).toMatchObject({ likes: 107, name: 'x' });
  for (let time = 0; time < 2; time += 1) {
    await likes.like('a', 1, 'alone');
    expect(await liked()).toBe(108);
  }
});

it('sums that come to nothing together are shown as that', async () => {
  const [likes, log] = [module.get(Likes), module.get(WriteBehindLog)];
  await log.flush();
  const before = Number(await liked());
  await likes.like('a', 1);
  expect(await liked()).toBe(before + 1);
  await likes.like('a', -1);
  expect(await liked()).toBe(before);
});
