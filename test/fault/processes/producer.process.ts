import { WriteLogFullError, WriteLogUnavailableError, type WriteOperation } from '@larder/caching';
import { setTimeout as wait } from 'node:timers/promises';
import { randomFrom } from '../../support/random.js';
import { until } from '../../support/until.js';
import { type Deed, now, type Result } from '../history/history.js';
import { HistoryFile } from '../history/history.file.js';
import { EDITED } from '../history/key.judge.js';
import { startCaching } from './cached.products.js';
import { logFor } from './log.js';
import { type Count, onOrder, say, startOf } from './orders.js';
import { connectMongo, nameOf, products, wholesOf } from './products.js';

const AGAIN_AFTER_MS = 100;
const TELL_EVERY_MS = 50;
const READY_WITHIN_MS = 60_000;

const start = startOf(process.argv[2]);
const database = start.cacheUrl === undefined ? undefined : await connectMongo(start.mongoUrl);
const caching = database && (await startCaching(start, start.cacheUrl ?? '', database));
const log = caching?.log ?? logFor(start);
const history = new HistoryFile(start.folder, start.name);
const random = randomFrom(start.seed);
const counts = { acknowledged: 0, unknown: 0, failed: 0, longestMs: 0, lastAt: 0 };
/** When each operation in flight began. */
const inFlight = new Map<number, number>();
let isOver = false;
let isPaused = false;

const drawn = (): { key: string; deed: Deed } => {
  const first = caching ? wholesOf(start.keys) : 0;
  const number = first + Math.floor(random() * (start.keys - first));
  const key = nameOf(number, start.keys);
  if (number < wholesOf(start.keys)) return { key, deed: random() < 0.8 ? { kind: 'replace' } : { kind: 'delete' } };
  const fields = EDITED.filter(() => random() < 0.4);
  const isView = random() < 0.45 || fields.length === 0;
  return { key, deed: isView ? { kind: 'view' } : { kind: 'edit', fields } };
};

const operationOf = (deed: Deed, token: string): WriteOperation => {
  if (deed.kind === 'edit') return { set: Object.fromEntries(deed.fields.map((field) => [field, token])) };
  if (deed.kind === 'replace') return { replace: { token } };
  if (deed.kind === 'delete') return { delete: true };
  return { add: { views: 1 } };
};

/** Hands the operation to the log, and where values are cached to those too; answers its position. */
const send = async (key: string, operation: WriteOperation, id: string | undefined): Promise<number> => {
  if (caching) {
    const write = 'add' in operation ? 'view' : 'change';
    return (await caching.products[write]({ id: key }, operation, id)).accepted.position;
  }
  return (await log.append(products, { id: key }, operation, id === undefined ? {} : { id })).position;
};

const resultOf = (error: unknown): Result =>
  error instanceof WriteLogUnavailableError || error instanceof WriteLogFullError ? 'fail' : 'unknown';

/** One operation; with an id it is sent until it is accepted, the same each time. */
const operate = async (): Promise<void> => {
  const { key, deed } = drawn();
  const { serial, token } = history.begin(key, deed);
  const id = random() < 0.4 ? token : undefined;
  let worst: Result = 'fail';
  inFlight.set(serial, now());
  do {
    try {
      const position = await send(key, operationOf(deed, token), id);
      history.end(serial, 'ok', position);
      counts.acknowledged += 1;
      counts.lastAt = now();
      inFlight.delete(serial);
      return;
    } catch (error) {
      if (resultOf(error) === 'unknown') worst = 'unknown';
      counts.longestMs = Math.max(counts.longestMs, now() - (inFlight.get(serial) ?? now()));
      inFlight.set(serial, now()); // the next attempt waits for an answer of its own
      await wait(AGAIN_AFTER_MS);
    }
  } while (id !== undefined && worst === 'unknown' && !isOver);
  history.end(serial, worst);
  inFlight.delete(serial);
  counts[worst === 'unknown' ? 'unknown' : 'failed'] += 1;
};

const count = (): Count => {
  const waits = [...inFlight.values()].map((since) => now() - since);
  counts.longestMs = waits.reduce((longest, ms) => Math.max(longest, ms), counts.longestMs);
  return { ...counts, inFlight: inFlight.size };
};

const lane = async (every: number): Promise<void> => {
  let due = performance.now() + random() * every;
  while (!isOver) {
    if (isPaused || performance.now() < due) await wait(isPaused ? 5 : Math.max(due - performance.now(), 1));
    else {
      due += every;
      await operate();
    }
  }
};

/** Ends in order: what is in flight is answered first. */
const stop = (): void => {
  isOver = true;
};

onOrder(({ order }) => {
  if (order === 'stop') stop();
  if (order === 'pause' || order === 'go on') isPaused = order === 'pause';
});
process.on('SIGTERM', stop);
await until(() => log.unavailableFor === undefined, { withinMs: READY_WITHIN_MS });
const telling = setInterval(() => say({ count: count() }), TELL_EVERY_MS);
say('ready');
const every = start.perSecond === 0 ? 0 : (start.inFlight * 1_000) / start.perSecond;
await Promise.all(Array.from({ length: start.inFlight }, () => lane(every)));
clearInterval(telling);
say({ count: count() });
history.close();
log.close();
await caching?.close();
await database?.close();
process.disconnect();
