import type { Report } from '../progress.report.js';
import type { LocalServer } from './local.server.js';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;
const STEADY_AFTER_MS = 10_000;

/**
 * Starts `server` again, on its own port and data, whenever it ends unasked; ever later while it keeps ending.
 * `onRestart` is told each time it runs again. Answers how to leave off.
 */
export const keepAlive = (server: LocalServer, report: Report, onRestart: () => void): (() => void) => {
  let isWanted = true;
  let delayMs = FIRST_DELAY_MS;
  let timer: NodeJS.Timeout | undefined;
  let startedAt = Date.now();

  const startAgain = async (): Promise<void> => {
    try {
      await server.restart();
      startedAt = Date.now();
      report.line(`The local server "${server.role}" runs again (process ${server.pid}).`);
      onRestart();
    } catch (error) {
      report.line(error instanceof Error ? error.message : String(error));
      schedule();
    }
  };
  const schedule = (): void => {
    if (!isWanted) return;
    timer = setTimeout(() => void startAgain(), delayMs).unref();
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
  };
  server.onEnd(({ code, signal }) => {
    if (Date.now() - startedAt > STEADY_AFTER_MS) delayMs = FIRST_DELAY_MS;
    report.line(
      `The local server "${server.role}" ended unasked (${signal ?? `code ${String(code)}`}) and is started again.`,
    );
    schedule();
  });
  return () => {
    isWanted = false;
    clearTimeout(timer);
  };
};
