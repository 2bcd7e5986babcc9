import { stopwatch } from '../harness/loop.mjs';
import { DRAINS } from '../subjects/drains.mjs';
import { keysOf } from '../subjects/payload.mjs';

const EVENTS = 4_096;
/** BullMQ takes seconds for as many. */
const FEWER = 1_024;

/** Fills and drains for about `forMs` of draining: only that is measured. */
const draining =
  (open, events = EVENTS) =>
  async (context) => {
    const { fill, drain, close } = await open(context, keysOf(events));
    const measure = async (forMs) => {
      let [operations, wall, cpu] = [0, 0, 0];
      do {
        await fill();
        const stop = stopwatch();
        await drain();
        const { wallMs, cpuMs } = stop();
        operations += events;
        wall += wallMs;
        cpu += cpuMs;
      } while (wall < forMs);
      return { perSecond: (operations / wall) * 1_000, cpu: (cpu * 1e6) / operations };
    };
    return { measure, close };
  };

export default {
  row: 12,
  name: 'drain',
  title: 'Writes worked off',
  setting: `Edits of 220 bytes of ${EVENTS.toLocaleString('en')} products, one each, wait in Redis with \`appendfsync always\`; one process works them off, and they are forgotten there.`,
  rounds: 5,
  redis: { role: 'queue' },
  needsMongo: true,
  figures: { perSecond: 'a second', cpu: 'ns CPU' },
  isMoreBetter: true,
  cases: {
    larder: { label: 'Larder', note: 'A sink that does nothing.', open: draining(DRAINS.larder) },
    mongo: {
      label: 'Larder, into MongoDB',
      note: '`MongoSink`: guarded by position, acknowledged by the majority.',
      isLimit: true,
      open: draining(DRAINS.mongo),
    },
    readgroup: {
      label: 'XREADGROUP and XACK',
      isLimit: true,
      note: '256 entries of one stream at a time, nothing else.',
      open: draining(DRAINS.readGroup),
    },
    bulk: {
      label: 'bulkWrite',
      isLimit: true,
      note: 'The same fields of the same documents, 500 a bulk, unordered, unguarded; no Redis.',
      open: draining(DRAINS.bulkWrite),
    },
    bullmq: {
      label: 'BullMQ worker',
      note: 'A processor that does nothing, concurrency 64, removed on completion.',
      open: draining(DRAINS.bullmq, FEWER),
    },
  },
  results: [
    { name: 'drain', figure: 'perSecond', goals: [{ against: 'readgroup', least: 0.8 }] },
    {
      name: 'drain into MongoDB',
      subject: 'mongo',
      figure: 'perSecond',
      goals: [
        { against: 'bulk', least: 0.8 },
        { against: 'entries a second', least: 5_000, isAbsolute: true },
      ],
    },
  ],
};
