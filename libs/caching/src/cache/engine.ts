import { randomUUID } from 'node:crypto';
import type { CachingOptions } from '../caching.options.js';
import { Coherence } from '../coherence/coherence.js';
import type { CacheEvents } from '../events/cache-events.js';
import type { Counters } from '../events/counters.js';
import { NearStore } from '../stores/near.store.js';
import { SharedRoom } from '../stores/shared-room.js';
import { SharedStore } from '../stores/shared.store.js';
import { TagStore } from '../stores/tag.store.js';
import { SharedConnection } from '../topology/shared-connection.js';
import { Amender } from './amender.js';
import { BatchReader } from './batch-reader.js';
import { Filler } from './filler.js';
import { FlightDeck } from './flight-deck.js';
import { Invalidator } from './invalidator.js';
import { NearFiller } from './near-filler.js';
import { NearReader } from './near-reader.js';
import { Reader } from './reader.js';
import type { Regions } from './regions.js';
import { SlowReader } from './slow-reader.js';
import { SourceReader } from './source-reader.js';
import { Warming } from './warming.js';

/** The parts of one process's cache, put together. */
export interface Engine {
  readonly connection: SharedConnection;
  readonly near: NearStore;
  readonly nearReader: NearReader;
  readonly shared: SharedStore;
  readonly coherence: Coherence;
  readonly filler: Filler;
  readonly reader: Reader;
  readonly slowReader: SlowReader;
  readonly batchReader: BatchReader;
  readonly warming: Warming;
  readonly invalidator: Invalidator;
  readonly amender: Amender;
  close(): Promise<void>;
}

const DEFAULT_LIMITS = { maxEntries: 10_000, maxBytes: 64 * 1_048_576 };
/** A quarter of the smallest bound of the defaults, sessions' 100 ms. */
const BLOCK_MS = 25;

/** Puts the parts together and connects them. */
export const engineOf = (
  options: CachingOptions,
  events: CacheEvents,
  regions: Regions,
  counters: Counters,
): Engine => {
  const node = randomUUID().slice(0, 8);
  const connection = new SharedConnection(options.redisUrl, options.deadlineMs ?? 250, (available, cause) =>
    events.emit('availability', { available, ...(cause === undefined ? {} : { cause }) }),
  );
  const { clock } = connection;
  const near = new NearStore({ ...DEFAULT_LIMITS, ...options.nearLimits }, (region, reason, count) =>
    events.emit('evicted', { region, count, reason }),
  );
  const shared = new SharedStore(connection, node, (name) => {
    counters.of(name.split('.', 1)[0] ?? name).unreadable += 1;
  });
  const tags = new TagStore(connection, node);
  const coherence = new Coherence({ near, shared, tags }, events, { url: options.redisUrl, blockMs: BLOCK_MS });
  const filler = new Filler(shared, tags, coherence, events, clock);
  const nearFiller = new NearFiller(near, clock, options.near ?? true, coherence);
  const source = new SourceReader(near, clock);
  const reader = new Reader({ shared, coherence, filler, nearFiller, source }, clock, events);
  const invalidator = new Invalidator(shared, tags, coherence, events, (cause) => connection.distrust(cause));
  connection.beforeTrust = () => invalidator.catchUp();
  connection.isSettled = () => invalidator.waiting === 0;
  coherence.begin(new FlightDeck(regions));
  const batchReader = new BatchReader(shared, filler);
  return {
    connection,
    near,
    nearReader: new NearReader(near, coherence.bus, reader, clock),
    shared,
    coherence,
    filler,
    reader,
    slowReader: new SlowReader(shared, coherence, nearFiller, reader),
    batchReader,
    warming: new Warming({ room: new SharedRoom(connection), coherence, batchReader }, regions, clock),
    invalidator,
    amender: new Amender(reader, invalidator, clock),
    close: async () => {
      await coherence.bus.stop();
      connection.close();
      near.close();
    },
  };
};
