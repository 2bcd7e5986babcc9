import type { Logger } from 'pino';

const DEADLINE_MS = 9_000;
const SECOND_ORDER_AFTER_MS = 2_000;

/**
 * On SIGINT or SIGTERM runs `stop`, then exit 0. After 9 s, when `stop` fails, or by another signal at least 2 s after
 * the first, exit 1. A signal sent twice at once counts once.
 */
export const stopOnSignals = (log: Logger, stop: () => Promise<void>): void => {
  let orderedAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (orderedAt === undefined) {
      orderedAt = performance.now();
      void leave(log, signal, stop);
    } else if (performance.now() - orderedAt >= SECOND_ORDER_AFTER_MS) {
      log.warn({ signal }, 'stopped at once');
      process.exit(1);
    }
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
};

const leave = async (log: Logger, signal: NodeJS.Signals, stop: () => Promise<void>): Promise<void> => {
  log.info({ signal }, 'stopping');
  setTimeout(() => {
    log.error({ afterMs: DEADLINE_MS }, 'could not stop in time');
    process.exit(1);
  }, DEADLINE_MS).unref();
  try {
    await stop();
  } catch (error) {
    log.error({ err: error }, 'could not stop in order');
    process.exit(1);
  }
  log.info('stopped');
  // Not by emptying the event loop: a worker of node:cluster keeps its channel to the primary open.
  process.exit(0);
};
