import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const STOPPED_WITHIN_MS = 9_000;
const LOOK_EVERY_MS = 20;

/** The command line of a process; empty when there is none. */
const commandOf = (pid) => {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return ''; // no such process
  }
};

const send = (pid, signal) => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // it has left by itself
  }
};

/**
 * Ends the API and worker processes that a killed owner of this home left, and waits until they are gone.
 * Call it only as the holder of the home. A process id that somebody else has by now is left alone.
 */
export const endLeftBehind = async (record) => {
  const isOurs = ({ role, pid }) => commandOf(pid).includes(`apps/${role}/src/main.js`);
  const left = (record?.processes ?? []).filter(isOurs);
  for (const { pid } of left) send(pid, 'SIGTERM');
  const deadline = performance.now() + STOPPED_WITHIN_MS;
  while (left.some(isOurs) && performance.now() < deadline) await wait(LOOK_EVERY_MS);
  for (const { pid } of left.filter(isOurs)) send(pid, 'SIGKILL');
};
