import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Sees to it that `pid` gets `signal` when this process ends, however it ends: a shell waits for the end of a pipe that
 * only we hold open. Answers how to dismiss it, once `pid` has ended.
 */
export const postSentry = (pid: number, signal: 'TERM' | 'KILL' = 'TERM'): (() => void) => {
  // A stopped process takes a signal only when it is continued.
  const sentry = spawn('sh', ['-c', `read _; kill -${signal} "$0"; kill -CONT "$0"`, String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  sentry.on('error', (error) => process.emitWarning(`Nothing guards process ${pid}: ${error.message}`));
  sentry.stdin.on('error', () => sentry.kill('SIGKILL'));
  sentry.unref();
  (sentry.stdin as Writable & { unref(): unknown }).unref();
  return () => void sentry.kill('SIGKILL');
};
