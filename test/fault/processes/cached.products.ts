import { Inject, Injectable, Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  behind,
  type BehindWrite,
  Cache,
  CachingModule,
  type Change,
  type LoadContext,
  MongoSink,
  type PendingWrite,
  ReadThrough,
  WriteBehind,
  WriteBehindLog,
  type WriteOperation,
  WriteThrough,
} from '@larder/caching';
import type { Connection } from 'mongoose';
import { until } from '../../support/until.js';
import type { Start } from './orders.js';
import { type Kept, LOG_BYTES, PRODUCTS, products } from './products.js';

const DATABASE = Symbol('database');
/** Longer than a service waits for its shared store: the machine may be busy, and that is not what is looked at here. */
const DEADLINE_MS = 2_000;
const READ_MS = 1_000;
const READY_WITHIN_MS = 60_000;

interface Named {
  readonly id: string;
}

@Injectable()
class KeptSink extends MongoSink<Kept | null> {
  constructor(@Inject(DATABASE) database: Connection) {
    super(() => database.collection<Kept>(PRODUCTS));
  }

  override isShown({ set }: PendingWrite): boolean {
    return Object.keys(set).length > 0;
  }

  override overlaid(value: Kept | null, write: PendingWrite): Kept | null {
    return super.overlaid(value, { ...write, add: {} });
  }
}

/** What of a document is cached: neither its views nor how far the log was applied, as of a product of the shop. */
export const shownOf = (document: Kept): Kept => {
  const { log, views, ...shown } = document;
  return log === undefined && views === undefined ? document : shown;
};

/** The laboratory's documents as a service has them: read through the cache, edited behind it, priced through it. */
@Injectable()
export class CachedProducts {
  constructor(@Inject(DATABASE) private readonly database: Connection) {}

  @ReadThrough(products, { many: 'findMany' })
  async find(asked: Named, context?: LoadContext): Promise<Kept | null> {
    const [document] = await this.findMany([asked], context);
    return document ?? null;
  }

  async findMany(asked: readonly Named[], context?: LoadContext): Promise<(Kept | null)[]> {
    const found = await this.collection.find({ _id: { $in: asked.map(({ id }) => id) } }).toArray();
    const byId = new Map(found.map((document) => [document._id, document]));
    const documents = asked.map(({ id }) => byId.get(id) ?? null);
    context?.applied(
      ...documents.map((document) => (document?.['log'] as { applied?: number } | undefined)?.applied ?? 0),
    );
    return documents.map((document) => document && shownOf(document));
  }

  @WriteBehind(products, { key: (named: Named) => named, sink: KeptSink })
  change(_named: Named, operation: WriteOperation, id?: string): Promise<BehindWrite> {
    return Promise.resolve(behind(operation, id === undefined ? {} : { id }));
  }

  @WriteBehind(products, { key: (named: Named) => named, sink: KeptSink, isUnseen: true })
  view(_named: Named, operation: WriteOperation, id?: string): Promise<BehindWrite> {
    return Promise.resolve(behind(operation, id === undefined ? {} : { id }));
  }

  @WriteThrough(products, { key: (named: Named) => named })
  async changePrice({ id }: Named, price: number): Promise<Change<Kept>> {
    const update = { $set: { price }, $inc: { version: 1 } } as object;
    const after = await this.collection.findOneAndUpdate({ _id: id }, update, { returnDocument: 'after' });
    return { before: null, after: after && shownOf(after) };
  }

  private get collection(): ReturnType<typeof collectionOf> {
    return collectionOf(this.database);
  }
}

/** What a process needs of the cache in front of the laboratory's documents. */
export interface CachedProcess {
  readonly products: CachedProducts;
  readonly cache: Cache;
  readonly log: WriteBehindLog;
  readonly sink: MongoSink<Kept | null>;
  close(): Promise<void>;
}

@Module({})
class Laboratory {}

/** Starts the caching of a process, as a service has it. */
export const startCaching = async (start: Start, cacheUrl: string, database: Connection): Promise<CachedProcess> => {
  const { queueUrl, durability, maxEntries } = start;
  const providers: Provider[] = [{ provide: DATABASE, useValue: database }, KeptSink, CachedProducts];
  const writeLog = { durability, isTrusted: false, maxEntries, maxBytes: LOG_BYTES };
  const application = await NestFactory.createApplicationContext(
    {
      module: Laboratory,
      imports: [
        CachingModule.forRoot({ redisUrl: cacheUrl, queueRedisUrl: queueUrl, writeLog, deadlineMs: DEADLINE_MS }),
      ],
      providers,
    },
    { logger: false },
  );
  const cache = application.get(Cache);
  await until(() => cache.isAvailable && cache.busLagMs < READ_MS, { withinMs: READY_WITHIN_MS });
  return {
    products: application.get(CachedProducts),
    cache,
    log: application.get(WriteBehindLog),
    sink: application.get(KeptSink),
    close: () => application.close(),
  };
};

const collectionOf = (database: Connection) => database.collection<Kept>(PRODUCTS);
