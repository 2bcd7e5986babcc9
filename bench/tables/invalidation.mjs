import { openFleet } from '../harness/fleet.mjs';
import { FLEET_SUBJECTS } from '../subjects/fleet-subjects.mjs';
import { loadProduct } from '../subjects/payload.mjs';

const KEYS = 512;
const PAUSE_MS = 4;

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** One process invalidates, another holds the value near: how long from the call until the other has dropped it. */
const seen =
  (subject) =>
  async ({ redisUrl }) => {
    const { write } = await FLEET_SUBJECTS[subject](redisUrl, loadProduct, {});
    const fleet = await openFleet(1, subject, redisUrl, { loadMs: 0 });
    const [reader] = fleet.members;
    let next = 0;
    const sample = async () => {
      const key = `product-${(next = (next + 1) % KEYS)}`;
      await reader.ask({ kind: 'watch', key });
      await new Promise((done) => setTimeout(done, Math.random() * PAUSE_MS));
      const gone = new Promise((resolve) => (reader.onGone = (said) => said.gone === key && resolve(said)));
      const began = process.hrtime.bigint();
      const [{ at }] = await Promise.all([gone, write(key)]);
      return Number(BigInt(at) - began) / 1e6;
    };
    const measure = async (forMs) => {
      const until = performance.now() + forMs * 3;
      const samples = [];
      do samples.push(await sample());
      while (performance.now() < until);
      samples.sort((a, b) => a - b);
      return { p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) };
    };
    return { measure, close: () => fleet.close() };
  };

export default {
  row: 13,
  name: 'invalidation',
  title: 'Invalidation seen by another process',
  setting: 'From the call in one process until the near copy in another is dropped, one key after the other.',
  rounds: 9,
  figures: { p50: 'ms p50', p99: 'ms p99' },
  cases: {
    larder: { label: 'Larder', note: '`cache.invalidate`; seen at the event `invalidated`.', open: seen('larder') },
    publish: { label: 'PUBLISH', isLimit: true, note: 'ioredis; seen at the message.', open: seen('publish') },
    'node-redis': {
      label: 'node-redis tracking',
      note: '`SET`; seen at the event `invalidate` of its client-side cache.',
      open: seen('node-redis'),
    },
    'layered-loader': {
      label: 'layered-loader',
      note: '`invalidateCacheFor`; seen when its consumer has applied it.',
      open: seen('layered-loader'),
    },
    bentocache: { label: 'BentoCache', note: '`delete`; seen at `bus:message:received`.', open: seen('bentocache') },
  },
  results: [
    {
      name: 'invalidation p50',
      figure: 'p50',
      unit: 'ms',
      goals: [
        { against: 'publish', most: 2 },
        { against: 'best peer', most: 0.75 },
      ],
    },
    { name: 'invalidation p99', figure: 'p99', unit: 'ms', goals: [{ against: 'best peer', most: 1 }] },
  ],
};
