import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DEADLINE_MS = 10_000;

/** A program that is there and runs. */
export interface Found {
  readonly path: string;
  readonly version: string;
}

/** How a program tells its version, and the least one that will do. */
export interface VersionRule {
  readonly pattern: RegExp;
  readonly least: readonly [major: number, minor: number];
}

const failureOf = (error: unknown): string => {
  const { code, stderr = '', message } = error as NodeJS.ErrnoException & { stderr?: string };
  if (code === 'ENOENT') return 'not there';
  return stderr.trim().split('\n').at(-1) || message.split('\n')[0] || 'it does not run';
};

/** Runs `path --version`. Answers what was found, or a sentence that says why it will not do. */
export const probe = async (path: string, { pattern, least }: VersionRule): Promise<Found | string> => {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: DEADLINE_MS });
    const version = pattern.exec(stdout)?.[1];
    if (version === undefined) return 'it does not say a version';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const isNewEnough = major > least[0] || (major === least[0] && minor >= least[1]);
    return isNewEnough ? { path, version } : `it is ${version}, and ${least.join('.')} is needed`;
  } catch (error) {
    return failureOf(error);
  }
};
