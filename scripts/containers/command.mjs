import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';

const running = new Set();

/**
 * Runs a command to its end in a process group of its own, so that the terminal's Ctrl-C reaches only this process.
 * Its output goes to ours, or nowhere with `quiet`.
 * @returns its exit code; 127 when there is no such command, 128 + n when signal n ended it
 */
export const run = async ([name, ...args], { env = {}, quiet = false } = {}) => {
  const stdio = ['ignore', quiet ? 'ignore' : 'inherit', quiet ? 'ignore' : 'inherit'];
  const child = spawn(name, args, { stdio, detached: true, env: { ...process.env, ...env } });
  running.add(child);
  try {
    const [code, signal] = await once(child, 'close');
    return code ?? 128 + constants.signals[signal];
  } catch (error) {
    if (error.code === 'ENOENT') return 127;
    throw error;
  } finally {
    running.delete(child);
  }
};

/** What a command writes to its standard output; '' when it fails. */
export const output = async ([name, ...args]) => {
  const child = spawn(name, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  const [code] = await once(child, 'close');
  return code === 0 ? text.trim() : '';
};

/** Sends a signal to every command that `run` waits for, and to what they started. */
export const signalAll = (signal) => {
  for (const { pid } of running) process.kill(-pid, signal);
};
