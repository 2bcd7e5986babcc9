import type { Logger } from 'pino';

/** Ends the process on an error that nobody handled: its state was not foreseen, and whoever watches it starts another. */
export const dieOnUnhandled = (log: Logger): void => {
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'unhandled error');
    process.exit(1);
  });
};
