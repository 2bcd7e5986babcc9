/** One Nest application on Fastify in a process of its own: `PUT /products/:id` accepts an edit as its kind says. */
import 'reflect-metadata';
import { Body, Controller, HttpCode, Inject, Module, Param, Put } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { openQueue } from '../subjects/bullmq.mjs';
import { larder, untilReady } from '../subjects/larder.mjs';
import { numberOf, productOf } from '../subjects/payload.mjs';

const ACCEPTED = 202;
const LOOK_EVERY_MS = 5;
const [kind, context] = process.argv.slice(2);
const { redisUrl, cacheUrl } = JSON.parse(context);

/** What a decorator's syntax does. */
const decorate = (type, name, ...decorators) => {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name);
  for (const decorator of decorators) decorator(type.prototype, name, descriptor);
};

/** What accepts an edit; each answers `{ accept(id, edit) }` as a provider, and the modules that it needs. */
const ACCEPTS = {
  bare: () => ({ imports: [], providers: [{ provide: 'edits', useValue: { accept: async (id) => ({ id }) } }] }),
  bullmq: async () => {
    const queue = await openQueue(redisUrl);
    const accept = async (id, edit) => ({ jobId: (await queue.add('edit', { id, ...edit })).id });
    return { imports: [], providers: [{ provide: 'edits', useValue: { accept } }] };
  },
  larder: () => behindOf({}),
  unseen: () => behindOf({ isUnseen: true }),
};

/** As the shop edits its products: it looks whether there is one, and every read shows the edit from then on. */
const behindOf = async (options) => {
  const { behind, Cache, CachingModule, defineRegion, hours, MongoSink, WriteBehind } = await larder();
  const region = defineRegion({ name: 'product', version: 1, key: ({ id }) => id, ttlMs: hours(24) });
  class Sink extends MongoSink {}
  class Edits {
    constructor(cache) {
      this.cache = cache;
      cache.register(region, ({ id }) => Promise.resolve(productOf(numberOf(id))));
    }

    async edit(id, edit) {
      if ((await this.cache.read(region, { id })) === null) throw new Error(`There is no ${id}.`);
      return behind({ set: edit });
    }

    async accept(id, edit) {
      return { writeId: (await this.edit(id, edit)).accepted.writeId };
    }
  }
  decorate(Edits, 'edit', WriteBehind(region, { key: (id) => ({ id }), sink: Sink, ...options }));
  Inject(Cache)(Edits, undefined, 0);
  const caching = CachingModule.forRoot({ redisUrl: cacheUrl, queueRedisUrl: redisUrl });
  const sink = { provide: Sink, useFactory: () => new Sink(() => undefined) };
  return { imports: [caching], providers: [sink, { provide: 'edits', useClass: Edits }] };
};

class EditsController {
  constructor(edits) {
    this.edits = edits;
  }

  edit(id, edit) {
    return this.edits.accept(id, edit);
  }
}
Inject('edits')(EditsController, undefined, 0);
Controller('products')(EditsController);
Param('id')(EditsController.prototype, 'edit', 0);
Body()(EditsController.prototype, 'edit', 1);
decorate(EditsController, 'edit', Put(':id'), HttpCode(ACCEPTED));

class EditsModule {}
Module({ ...(await ACCEPTS[kind]()), controllers: [EditsController] })(EditsModule);

const app = await NestFactory.create(EditsModule, new FastifyAdapter(), { logger: ['error'] });
await app.listen(0, '127.0.0.1');
if (kind === 'larder' || kind === 'unseen') {
  const { Cache, WriteBehindLog } = await larder();
  await untilReady(app.get(Cache, { strict: false }));
  const log = app.get(WriteBehindLog, { strict: false });
  while (log.unavailableFor !== undefined) await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
}

// Also when the case was killed: nothing goes on by itself.
process.on('disconnect', () => process.exit(0));
process.on('message', () => process.send({ cpu: process.cpuUsage() }));
process.send({ port: app.getHttpServer().address().port });
