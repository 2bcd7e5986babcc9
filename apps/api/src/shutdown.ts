import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { Readiness } from './health/readiness.js';

const SEEN_AS_LEAVING_MS = 250;
const DEADLINE_MS = 9_000;
const SECOND_ORDER_AFTER_MS = 2_000;

/**
 * On SIGINT or SIGTERM: `/health/ready` says 503, then nothing new is accepted, what is in flight is answered, everything is closed,
 * exit 0. After 9 s, or by another signal at least 2 s after the first, exit 1. A signal sent twice at once counts once.
 */
export const stopOnSignals = (app: NestFastifyApplication, log: Logger): void => {
  let orderedAt: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    if (orderedAt === undefined) {
      orderedAt = performance.now();
      void close(app, log, signal);
    } else if (performance.now() - orderedAt >= SECOND_ORDER_AFTER_MS) {
      log.warn({ signal }, 'stopped at once');
      process.exit(1);
    }
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
};

const close = async (app: NestFastifyApplication, log: Logger, signal: NodeJS.Signals): Promise<void> => {
  log.info({ signal }, 'stopping');
  setTimeout(() => {
    log.error({ afterMs: DEADLINE_MS }, 'could not stop in time');
    process.exit(1);
  }, DEADLINE_MS).unref();
  try {
    app.get(Readiness).leave();
    // Whoever balances load has to see the 503 while the port is still open.
    await new Promise((resolve) => setTimeout(resolve, SEEN_AS_LEAVING_MS));
    await app.close();
  } catch (error) {
    log.error({ err: error }, 'could not stop in order');
    process.exit(1);
  }
  log.info('stopped');
  // Not by emptying the event loop: a worker of node:cluster keeps its channel to the primary open.
  process.exit(0);
};
