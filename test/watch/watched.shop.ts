import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { Cache, observeReads, type CacheRead, type CachingOptions, type Region } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { productById, productsOfCategory, type Product } from '@larder/shop';
import type { mongo } from 'mongoose';
import { Logger } from 'nestjs-pino';
import { pino } from 'pino';
import { WorkerModule } from '../../apps/worker/src/worker.module.js';
import type { CategoryPage } from '../../libs/shop/src/category/category-page.js';
import { databaseOf, ShopStore } from '../shop/shop.store.js';
import { testSettings } from '../support/api.js';
import { aRedis } from '../support/local.server.js';
import { aNode, closeNodes } from '../support/nodes.js';
import { until } from '../support/until.js';

/** A resume token as it stands in MongoDB. */
export interface KeptToken {
  readonly _id: string;
  readonly token: { readonly _data: string };
  readonly at: Date;
}

/** One worker in this process, with what its cache said to be untrue. */
export interface Worker {
  readonly cache: Cache;
  readonly untrue: string[];
  close(): Promise<void>;
}

const FIRST_PAGE = { sort: 'name', perPage: 20, page: 1 } as const;

/** A shop whose database is written to by anybody, with a Redis of its own and workers that watch. */
export class WatchedShop {
  private readonly workers = new Set<Worker>();
  readonly logged: string[] = [];

  private constructor(
    private readonly filename: string,
    readonly store: ShopStore,
    readonly redis: LocalServer,
  ) {}

  /** An empty shop of this test file. */
  static async open(filename: string): Promise<WatchedShop> {
    return new WatchedShop(filename, await ShopStore.open(filename), await aRedis({ role: 'cache' }));
  }

  /** The collection as a program that knows nothing of Larder sees it. */
  plain<T extends { _id: string } = { _id: string }>(collection: string): mongo.Collection<T> {
    const { db } = this.store.connection;
    if (!db) throw new Error('There is no connection.');
    return db.collection<T>(collection);
  }

  keptToken(): Promise<KeptToken | null> {
    return this.plain<KeptToken>('resume_tokens').findOne({ _id: 'shop' });
  }

  /** A worker that hears of every change from here on. */
  async startWorker(): Promise<Worker> {
    const startedAt = new Date();
    const worker = await this.launchWorker();
    await until(async () => ((await this.keptToken())?.at ?? 0) >= startedAt, { withinMs: 10_000 });
    return worker;
  }

  /** A worker that may not be ready yet. */
  async launchWorker(): Promise<Worker> {
    const log = pino({ level: 'debug' }, { write: (line: string) => void this.logged.push(line) });
    const settings = testSettings(databaseOf(this.filename), { REDIS_URL: this.redis.url });
    const context: INestApplicationContext = await NestFactory.createApplicationContext(
      WorkerModule.with(settings, log),
      { bufferLogs: true, abortOnError: false },
    );
    context.useLogger(context.get(Logger));
    const cache = context.get(Cache);
    const untrue: string[] = [];
    cache.events.on('invalidated', ({ own, key, tag, region }) => {
      if (own) untrue.push(key ?? tag ?? `all of ${region}`);
    });
    const worker: Worker = {
      cache,
      untrue,
      close: async () => {
        if (this.workers.delete(worker)) await context.close();
      },
    };
    this.workers.add(worker);
    return worker;
  }

  /** A process that reads the shop through its cache. */
  async startReader(options: Partial<CachingOptions> = {}): Promise<Reader> {
    return new Reader(await aNode(this.redis.url, options), this.store);
  }

  /**
   * Writes to another product, and waits until the worker has heard of it: of all before it, too, then. Answers what the
   * worker said beside that.
   */
  async settled({ untrue }: Worker): Promise<string[]> {
    const id = await this.store.make({ category: 'Elsewhere' });
    const own = [`product.1:${id}`, `stock.1:${id}`];
    await until(() => own.every((key) => untrue.includes(key)), { withinMs: 5_000 });
    return untrue.filter((key) => !own.includes(key) && key !== 'category:elsewhere');
  }

  async stopWorkers(): Promise<void> {
    await Promise.all([...this.workers].map((worker) => worker.close()));
  }

  async close(): Promise<void> {
    await this.stopWorkers();
    await closeNodes();
    await this.redis.stop();
    await this.store.connection.close();
  }
}

/** Reads products and lists as an instance of the API does. */
export class Reader {
  constructor(
    readonly cache: Cache,
    private readonly store: ShopStore,
  ) {}

  product(id: string): Promise<Product | null> {
    return this.cache.read(productById, { id }, () => this.store.products.findById(id));
  }

  page(slug: string): Promise<CategoryPage | null> {
    const start = { slug, ...FIRST_PAGE };
    return this.cache.read(productsOfCategory, start, () => this.store.listings.findPage(start));
  }

  async amountOf(id: string): Promise<number | undefined> {
    return (await this.product(id))?.price.amount;
  }

  async namesIn(slug: string): Promise<string[] | undefined> {
    return (await this.page(slug))?.products.map(({ name }) => name);
  }

  /** How the cache came to what `read` answers. */
  async readsOf(read: () => Promise<unknown>): Promise<CacheRead[]> {
    return (await observeReads(read)).reads;
  }

  /** Reads until the answer comes from this process. */
  async keepNear(read: () => Promise<unknown>): Promise<void> {
    await until(async () => (await this.readsOf(read)).every(({ tier }) => tier === 'near'), { withinMs: 5_000 });
  }

  of<P, V>(region: Region<P, V>, params: P, load: () => Promise<V>): () => Promise<V> {
    return () => this.cache.read(region, params, load);
  }
}
