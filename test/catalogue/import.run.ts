import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportReport } from '../../apps/catalogue/src/importing/catalogue.import.js';

const CATALOGUE = join('dist', 'apps', 'catalogue', 'src');

/** What a command of the catalogue printed, and how it ended. */
export interface Ending {
  readonly code: number | null;
  readonly printed: string;
  /** Progress and complaints. */
  readonly said: string;
  /** The last line printed, where it is a report. */
  readonly report: ImportReport | undefined;
}

/** How a command of the catalogue is run. */
export interface CommandRun {
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
  readonly script?: string;
}

/** Starts a command of the built catalogue as a process of its own. */
export const launch = ({ words = [], env = {}, nodeFlags = [], script = 'main.js' }: CommandRun): ChildProcess => {
  const path = script.includes('/') ? script : join(CATALOGUE, script);
  const all = { ...process.env, LARDER_HOME: tmpdir(), ...env };
  return spawn(process.execPath, [...nodeFlags, path, ...words], { env: all, stdio: ['ignore', 'pipe', 'pipe'] });
};

/** Waits for the end of a command. */
export const endingOf = async (child: ChildProcess): Promise<Ending> => {
  let printed = '';
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const last = printed.trimEnd().split('\n').at(-1) ?? '';
  return { code, printed, said, report: last.startsWith('{') ? (JSON.parse(last) as ImportReport) : undefined };
};

/** Runs a command of the built catalogue to its end. */
export const run = (command: CommandRun): Promise<Ending> => endingOf(launch(command));

/** A file of this content in a folder of its own. */
export const aFile = async (content: string | Buffer, name = 'shop.csv'): Promise<string> => {
  const path = join(await mkdtemp(join(tmpdir(), 'larder-import-spec-')), name);
  await writeFile(path, content);
  return path;
};

/** The rejects of a file: the lines of its `.rejects.csv`, or `undefined` where there is none. */
export const rejectsOf = async (file: string): Promise<string[] | undefined> => {
  try {
    return (await readFile(`${file}.rejects.csv`, 'utf8')).trimEnd().split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};
