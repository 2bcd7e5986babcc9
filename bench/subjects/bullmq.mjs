import { Queue, Worker } from 'bullmq';

const connectionTo = (redisUrl) => {
  const { hostname: host, port } = new URL(redisUrl);
  return { host, port: Number(port) };
};

/** As BullMQ's guide for speed asks: nothing is kept of a job that ended, and nobody waits for the ready check. */
export const openQueue = async (redisUrl) => {
  const queue = new Queue(`bench-${process.pid}`, {
    connection: connectionTo(redisUrl),
    defaultJobOptions: { removeOnComplete: true, attempts: 5 },
  });
  await queue.waitUntilReady();
  return queue;
};

/** A worker of the queue, at rest until it is resumed. */
export const openWorker = async (redisUrl, { name }, work, concurrency) => {
  const worker = new Worker(name, work, { connection: connectionTo(redisUrl), concurrency });
  await worker.waitUntilReady();
  await worker.pause();
  return worker;
};
