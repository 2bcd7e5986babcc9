import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Work was broken off because the process is to stop. */
export const isAbort = (error) => error?.name === 'AbortError';

/**
 * Runs a command in the repository and answers its exit code; a death by signal counts as 1.
 * With `quiet`, what it prints is shown only when it fails.
 */
export const runCommand = (command, args, { quiet = false, env = process.env, signal } = {}) =>
  new Promise((resolve, reject) => {
    const stdio = ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'];
    const child = spawn(command, args, { cwd: ROOT, env, stdio, signal });
    const printed = [];
    for (const output of [child.stdout, child.stderr]) output?.on('data', (chunk) => printed.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code !== 0 && quiet) process.stderr.write(Buffer.concat(printed));
      resolve(code ?? 1);
    });
  });

/** Runs a script of an installed package, as `runCommand`. */
export const runScript = (script, args, options) => runCommand(process.execPath, [script, ...args], options);
