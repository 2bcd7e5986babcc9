import { join } from 'node:path';
import type { Role } from '../server/local.server.js';
import { readHomeFile, removeHomeFile, writeHomeFile } from './home.file.js';

/** What one more process needs to join. */
export interface JoinEnvironment {
  readonly MONGODB_URI: string;
  readonly REDIS_URL: string;
  readonly QUEUE_REDIS_URL: string;
}

/** `running.json` of a home folder: what runs there, while it runs. */
export interface RunningRecord {
  /** Of the process that started all others. */
  readonly pid: number;
  /** Where the API answers; `null` where only servers run. */
  readonly url: string | null;
  readonly env: JoinEnvironment;
  readonly servers: readonly { readonly role: Role; readonly url: string; readonly pid: number }[];
  readonly processes: readonly { readonly role: 'api' | 'worker'; readonly pid: number }[];
}

const fileIn = (home: string): string => join(home, 'running.json');

/** Says what runs in `home`. */
export const writeRunning = (home: string, record: RunningRecord): Promise<void> => writeHomeFile(fileIn(home), record);

/** What is said to run in `home`; it may have died since. */
export const readRunning = async (home: string): Promise<RunningRecord | undefined> =>
  (await readHomeFile(fileIn(home))) as RunningRecord | undefined;

/** Says that nothing runs in `home`. */
export const removeRunning = (home: string): Promise<void> => removeHomeFile(fileIn(home));
