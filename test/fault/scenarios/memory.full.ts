import { connectRedis } from '@larder/caching';
import { until } from '../../support/until.js';
import { inLab, type Scenario } from '../scenario.js';
import { figuresOf } from '../operator.js';

const ROOM_BYTES = 1_000_000;

export const memoryFull: Scenario = {
  id: 'M1',
  about: 'the queue Redis reaches its maxmemory: writes are refused, what is in the log is drained',
  short: { faults: 1, between: 1_000, lastsMs: 0 },
  full: { faults: 10, between: 10_000, lastsMs: 0 },
  run: (run) =>
    inLab({ seed: run.seed }, run, async (lab) => {
      const redis = connectRedis(lab.queue.server.url, { role: 'commands', deadlineMs: 5_000 });
      let drainedMs = 0;
      try {
        await until(() => redis.status === 'ready', { withinMs: 30_000 });
        for (let fault = 1; fault <= run.faults; fault += 1) {
          await lab.accept(run.between);
          const before = lab.counts;
          await lab.fault('out of memory', async () => {
            for (const flusher of lab.flushers) flusher.freeze();
            const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
            await redis.config('SET', 'maxmemory', String(used + ROOM_BYTES));
            await until(() => lab.counts.failed > before.failed, { withinMs: 60_000 });
          });
          for (const producer of lab.producers) producer.tell({ order: 'pause' });
          for (const flusher of lab.flushers) flusher.thaw();
          const from = performance.now();
          await until(async () => (await figuresOf(lab)).depth === 0, { withinMs: 30_000 });
          drainedMs = Math.max(drainedMs, performance.now() - from);
          run.say(`${fault} of ${run.faults}: refused, then drained within ${Math.round(drainedMs)} ms`);
          await redis.config('SET', 'maxmemory', '0');
          for (const producer of lab.producers) producer.tell({ order: 'go on' });
        }
        await lab.accept(run.between);
      } finally {
        redis.disconnect();
      }
      return { facts: { drainedWhileFullMs: Math.round(drainedMs) } };
    }),
};
