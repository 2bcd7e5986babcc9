import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type LocalServer, resolveBinary, silent } from '@larder/local-servers';
import { connectRedis } from '@larder/caching';
import type { Connection } from 'mongoose';
import { endProcesses } from '../support/cache.processes.js';
import { aMongo, aRedis, BINARIES } from '../support/local.server.js';
import { randomFrom } from '../support/random.js';
import { until } from '../support/until.js';
import { FaultyDisk } from './disk/faulty.disk.js';
import { now } from './history/history.js';
import { LabProcess, type LabProcessKind } from './lab.process.js';
import type { Count, Start } from './processes/orders.js';
import { connectMongo, type Kept, nameOf, PRODUCTS } from './processes/products.js';
import { TcpProxy } from './tcp.proxy.js';

/** How a laboratory is set up. */
export interface LabOptions extends Partial<Omit<Start, 'name' | 'folder' | 'queueUrl' | 'mongoUrl' | 'cacheUrl'>> {
  readonly seed: number;
  readonly appendfsync?: 'always' | 'everysec';
  readonly producers?: number;
  readonly flushers?: number;
  readonly hasPrices?: boolean;
  /** Whether the processes cache what they write, beside a process that reads it. */
  readonly isCached?: boolean;
  /** Where the queue Redis keeps its data; in the laboratory's folder by default. */
  readonly queueData?: string;
}

const { LARDER_HOME = '.larder', LARDER_REDIS_BINARY } = process.env;
const DEFAULTS = {
  durability: 'durable',
  maxEntries: 1_000_000,
  breakage: 'none',
  keys: 400,
  inFlight: 96,
  perSecond: 0,
  everyMs: 50,
} as const;
const OPLOG_MEGABYTES = 4_000;

/** What one process may have otherwise than the others. */
type LabOptionsOfOne = Pick<LabOptions, 'maxEntries' | 'perSecond'>;

/** One fault that was made: what it was, and when on the machine's monotonic clock in ms. */
export interface MadeFault {
  readonly kind: string;
  readonly at: number;
  /** How many operations were accepted since the fault before. */
  readonly acknowledgedSince: number;
}

/** Real servers and processes, and what can happen to them. */
export class FaultLab {
  readonly faults: MadeFault[] = [];
  /** What ended though nobody ended it. */
  readonly crashes: string[] = [];
  readonly producers: LabProcess[] = [];
  readonly flushers: LabProcess[] = [];
  /** What reads through the cache, where there is one. */
  readonly readers: LabProcess[] = [];
  private readonly others: LabProcess[] = [];
  /** Of producers that have ended. */
  private past = 0;
  private longestMs = 0;
  private started = 0;
  private acknowledgedAtFault = 0;

  private constructor(
    readonly folder: string,
    readonly options: LabOptions,
    readonly queue: { readonly server: LocalServer; readonly disk: FaultyDisk; readonly way: TcpProxy },
    readonly mongo: { readonly server: LocalServer; readonly way: TcpProxy },
    readonly database: Connection,
    private readonly cache: LocalServer | undefined,
  ) {}

  /** Starts the servers, with the documents in place, and no process yet. */
  static async open(options: LabOptions): Promise<FaultLab> {
    const home = resolve(LARDER_HOME, 'fault');
    await mkdir(home, { recursive: true });
    const folder = await mkdtemp(join(home, 'run-'));
    const { path } = await resolveBinary('redis', { binaries: BINARIES, given: LARDER_REDIS_BINARY, report: silent });
    const data = options.queueData ?? join(folder, 'queue');
    const disk = await FaultyDisk.under(path, data, join(folder, 'disk'));
    const args = ['--appendfsync', options.appendfsync ?? 'always', '--no-appendfsync-on-rewrite', 'no'];
    const [queue, mongo, cache] = await Promise.all([
      aRedis({ role: 'queue', binary: disk.program, dir: data, isThrowAway: true, args }),
      aMongo({ dir: join(folder, 'mongo'), isThrowAway: true }),
      options.isCached === true ? aRedis({ role: 'cache' }) : undefined,
    ]);
    const random = randomFrom(options.seed);
    const [queueWay, mongoWay, database] = await Promise.all([
      TcpProxy.to(queue.port, random),
      TcpProxy.to(mongo.port, random),
      connectMongo(mongo.url, 'patient'),
    ]);
    const lab = new FaultLab(
      folder,
      options,
      { server: queue, disk, way: queueWay },
      { server: mongo, way: mongoWay },
      database,
      cache,
    );
    await database.db?.admin().command({ replSetResizeOplog: 1, size: OPLOG_MEGABYTES });
    const { keys } = lab.start('');
    const names = Array.from({ length: keys }, (_, at) => nameOf(at, keys));
    await lab.collection.insertMany(names.map((_id) => ({ _id, version: 1, views: 0, price: 0 })));
    return lab;
  }

  get collection(): ReturnType<typeof this.documents> {
    return this.documents();
  }

  /** Starts the processes. */
  async populate(): Promise<void> {
    const { producers = 2, flushers = 2, hasPrices = true, isCached = false } = this.options;
    await Promise.all([
      ...Array.from({ length: producers }, () => this.addProducer()),
      ...Array.from({ length: flushers }, () => this.addFlusher()),
      ...(hasPrices ? [this.add('price').then((price) => this.others.push(price))] : []),
      ...(isCached ? [this.add('reader').then((reader) => this.readers.push(reader))] : []),
    ]);
  }

  async addProducer(options: LabOptionsOfOne = {}): Promise<LabProcess> {
    const producer = await this.add('producer', options);
    this.producers.push(producer);
    return producer;
  }

  async addFlusher(): Promise<LabProcess> {
    const flusher = await this.add('flusher');
    this.flushers.push(flusher);
    return flusher;
  }

  /** Forgets a producer or flusher that has ended. */
  remove(ended: LabProcess): void {
    for (const list of [this.producers, this.flushers]) {
      const at = list.indexOf(ended);
      if (at >= 0) list.splice(at, 1);
    }
    this.past += ended.count.acknowledged;
    this.longestMs = Math.max(this.longestMs, ended.count.longestMs);
  }

  get counts(): Count {
    const counts = this.producers.map(({ count }) => count);
    const sum = (of: (count: Count) => number): number => counts.reduce((total, count) => total + of(count), 0);
    return {
      acknowledged: this.past + sum(({ acknowledged }) => acknowledged),
      unknown: sum(({ unknown }) => unknown),
      failed: sum(({ failed }) => failed),
      inFlight: sum(({ inFlight }) => inFlight),
      longestMs: Math.max(this.longestMs, ...counts.map(({ longestMs }) => longestMs)),
      lastAt: Math.max(0, ...counts.map(({ lastAt }) => lastAt)),
    };
  }

  /** Waits until so many operations more have been accepted. */
  async accept(operations: number, withinMs = 60_000): Promise<void> {
    const goal = this.counts.acknowledged + operations;
    await until(() => this.counts.acknowledged >= goal, { withinMs });
  }

  /** Makes a fault, and notes it. */
  async fault<T>(kind: string, make: () => T | Promise<T>): Promise<T> {
    const { acknowledged } = this.counts;
    const acknowledgedSince = acknowledged - this.acknowledgedAtFault;
    this.acknowledgedAtFault = acknowledged;
    this.faults.push({ kind, at: now(), acknowledgedSince });
    return make();
  }

  /** Waits until an operation is accepted that was not before, and answers how long after `since` that was, in ms. */
  async firstAcceptedAfter(since: number, withinMs = 30_000): Promise<number> {
    await until(() => this.counts.lastAt > since, { withinMs });
    return this.counts.lastAt - since;
  }

  /** Has every caller answered and every flusher done, all faults being over; answers how long the log took to empty, in ms. */
  async drain(withinMs = 60_000): Promise<number> {
    await Promise.all([...this.producers, ...this.others].map((each) => each.stop()));
    const from = performance.now();
    const redis = connectRedis(this.queue.server.url, { role: 'commands', deadlineMs: 5_000 });
    try {
      await until(() => redis.status === 'ready', { withinMs: 30_000 });
      let left = 1;
      const deadline = performance.now() + withinMs;
      while (left > 0) {
        if (performance.now() > deadline) throw new Error(`${left} records were left in the log after ${withinMs} ms.`);
        await wait(20);
        left = await leftIn(redis);
      }
    } finally {
      redis.disconnect();
    }
    return performance.now() - from;
  }

  /** Ends everything. What is on disk goes too, unless it is kept to be looked at. */
  async close(isKept = false): Promise<void> {
    await endProcesses();
    await this.database.close();
    await Promise.all([this.queue.way.close(), this.mongo.way.close()]);
    await Promise.all([this.queue.server.stop(), this.mongo.server.stop(), this.cache?.stop()]);
    if (!isKept) await rm(this.folder, { recursive: true, force: true });
    else
      for (const part of ['queue', 'mongo', 'disk'])
        await rm(join(this.folder, part), { recursive: true, force: true });
  }

  private documents(): ReturnType<typeof collectionOf> {
    return collectionOf(this.database);
  }

  private async add(kind: LabProcessKind, options: LabOptionsOfOne = {}): Promise<LabProcess> {
    this.started += 1;
    const start = { ...this.start(`${kind}${this.started}`), ...options };
    return LabProcess.start(kind, start, (crash) => this.crashes.push(crash));
  }

  private start(name: string): Start {
    const { queue, mongo, folder } = this;
    return {
      ...DEFAULTS,
      ...this.options,
      seed: this.options.seed + this.started,
      name,
      folder,
      ...(this.cache && { cacheUrl: this.cache.url }),
      queueUrl: `redis://127.0.0.1:${queue.way.port}`,
      mongoUrl: `mongodb://127.0.0.1:${mongo.way.port}/larder?directConnection=true`,
    };
  }
}

const collectionOf = (database: Connection) => database.collection<Kept>(PRODUCTS);

/** How many records and entries the log of a Redis holds. */
const leftIn = async (redis: ReturnType<typeof connectRedis>): Promise<number> => {
  const [records, logs, plain] = await Promise.all([
    redis.keys('larder:{q*}:[cp]:*'),
    redis.keys('larder:{q*}:log'),
    redis.xlen('plain'),
  ]);
  const entries = await Promise.all(logs.map((log) => redis.xlen(log)));
  return records.length + plain + entries.reduce((total, length) => total + length, 0);
};
