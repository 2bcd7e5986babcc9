import { setImmediate as nextTurn } from 'node:timers/promises';

const BATCH_MS = 4;

/** A stopwatch for wall time and for the CPU time of this process, user and system, all threads. */
export const stopwatch = () => {
  const cpu = process.cpuUsage();
  const began = performance.now();
  return () => {
    const wallMs = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    return { wallMs, cpuMs: (user + system) / 1_000 };
  };
};

/** How many operations take about as long as one batch: a batch is short, so that timers and sockets get their turn. */
const batchOf = async (work) => {
  let count = 1;
  for (;;) {
    const began = performance.now();
    await work(count);
    const tookMs = performance.now() - began;
    if (tookMs >= BATCH_MS / 4) return Math.max(1, Math.round((count * BATCH_MS) / tookMs));
    count *= 2;
  }
};

/**
 * Repeats `work(count)`, which does so many operations, for about `forMs`.
 * Answers the nanoseconds of one operation, by the clock and by the processor, and how many there were in a second.
 */
export const repeated = async (work, forMs) => {
  const batch = await batchOf(work);
  const stop = stopwatch();
  const until = performance.now() + forMs;
  let operations = 0;
  do {
    await work(batch);
    operations += batch;
    await nextTurn();
  } while (performance.now() < until);
  const { wallMs, cpuMs } = stop();
  return {
    wall: (wallMs * 1e6) / operations,
    cpu: (cpuMs * 1e6) / operations,
    perSecond: (operations / wallMs) * 1_000,
  };
};

/** Calls `read(key)` for one key after the other, `inFlight` at a time, for about `forMs`. */
export const inFlight = async (read, keys, { width, forMs }) => {
  const stop = stopwatch();
  const until = performance.now() + forMs;
  let operations = 0;
  let next = 0;
  const worker = async () => {
    while (performance.now() < until) {
      next = (next + 1) % keys.length;
      await read(keys[next]);
      operations += 1;
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  const { wallMs, cpuMs } = stop();
  return {
    wall: (wallMs * 1e6) / operations,
    cpu: (cpuMs * 1e6) / operations,
    perSecond: (operations / wallMs) * 1_000,
  };
};
