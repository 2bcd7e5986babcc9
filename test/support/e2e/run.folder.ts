import { existsSync } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../until.js';

const MADE = { withinMs: 75_000 };

/** The folder that all end-to-end specs of this run share, in whichever process they run. */
export const RUN_FOLDER = process.env['LARDER_E2E_RUN'] ?? '';

const made = new Map<string, Promise<unknown>>();

/** What `make` answers, made by the first spec of the run that asks for `name`; JSON, as all others read it from a file. */
export const oncePerRun = <T>(name: string, make: () => Promise<T>): Promise<T> => {
  const known = made.get(name) ?? makeOrRead(name, make);
  made.set(name, known);
  return known as Promise<T>;
};

const makeOrRead = async <T>(name: string, make: () => Promise<T>): Promise<T> => {
  const path = join(RUN_FOLDER, `${name}.json`);
  const lock = `${path}.lock`;
  if (!(await isFirst(lock))) {
    await until(() => existsSync(path), MADE);
    return JSON.parse(await readFile(path, 'utf8')) as T;
  }
  try {
    const value = await make();
    await writeFile(`${path}.part`, JSON.stringify(value));
    await rename(`${path}.part`, path);
    return value;
  } catch (error) {
    await rm(lock);
    throw error;
  }
};

const isFirst = async (path: string): Promise<boolean> => {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};
