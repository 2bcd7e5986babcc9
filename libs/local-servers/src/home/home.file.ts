import { readFile, rename, rm, writeFile } from 'node:fs/promises';

const OWNER_ONLY = 0o600;

/** Writes `content` as JSON, readable by its owner alone; a reader sees the old or the new file, never a part. */
export const writeHomeFile = async (path: string, content: unknown): Promise<void> => {
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: OWNER_ONLY });
  await rename(draft, path);
};

/** What is in the file, `undefined` where there is none or no whole one: such a file counts as absent. */
export const readHomeFile = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Removes the file, if it is there. */
export const removeHomeFile = (path: string): Promise<void> => rm(path, { force: true });
