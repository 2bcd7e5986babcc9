import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const HOOKS = new URL(`file://${resolve('test/support/typescript.mjs')}`).href;
const open = new Set<ChildProcess>();

/** An operating-system process of its own that runs a TypeScript file by the sources; it says when it is ready. */
export const aProcess = async (path: string, args: readonly string[]): Promise<ChildProcess> => {
  const child = fork(resolve(path), args, {
    execArgv: ['--import', HOOKS],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  open.add(child);
  const ended = once(child, 'exit').then(([code]) => {
    open.delete(child);
    throw new Error(`${path} ended by ${String(code)} before it was ready.`);
  });
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return child;
};

/** Ends every process that `aProcess` made. */
export const endProcesses = async (): Promise<void> => {
  await Promise.all(
    [...open].map(async (child) => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }),
  );
};
