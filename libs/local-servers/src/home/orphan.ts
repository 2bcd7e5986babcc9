import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { mongo } from 'mongoose';
import type { Report } from '../progress.report.js';
import type { Role } from '../server/local.server.js';
import { isClosedWithin, isListening } from '../server/port.js';

const ANSWER_WITHIN_MS = 1_000;
const LEAVING_WITHIN_MS = 2_000;
const STOPPED_WITHIN_MS = 10_000;

interface Identity {
  readonly pid: number;
  readonly dir: string;
}

const mongoOn = async (port: number): Promise<Identity> => {
  const client = new mongo.MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: ANSWER_WITHIN_MS,
    socketTimeoutMS: ANSWER_WITHIN_MS,
  });
  try {
    const admin = client.db().admin();
    const { pid } = (await admin.command({ serverStatus: 1 })) as { pid: number };
    const { parsed } = (await admin.command({ getCmdLineOpts: 1 })) as { parsed: { storage?: { dbPath?: string } } };
    return { pid, dir: parsed.storage?.dbPath ?? '' };
  } finally {
    await client.close();
  }
};

const redisOn = async (port: number): Promise<Identity> => {
  const client = new Redis(port, '127.0.0.1', {
    lazyConnect: true,
    connectTimeout: ANSWER_WITHIN_MS,
    commandTimeout: ANSWER_WITHIN_MS,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined); // the pending command rejects with the same error
  try {
    await client.connect();
    const server = await client.info('server');
    const [, dir = ''] = (await client.config('GET', 'dir')) as string[];
    return { pid: Number(/process_id:(\d+)/.exec(server)?.[1]), dir };
  } finally {
    client.disconnect();
  }
};

const isSameFolder = async (one: string, other: string): Promise<boolean> =>
  existsSync(one) && (await realpath(one)) === (await realpath(other));

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has left by itself
  }
};

/**
 * Ends the server that a killed owner left on `port` with the data in `dir`, and waits until it is gone. A server that is
 * somebody else's is left alone. Call it only as the holder of the home: there, such a server has no owner.
 */
export const endOrphan = async (role: Role, port: number, dir: string, report: Report): Promise<void> => {
  if (!(await isListening(port))) return;
  let found: Identity;
  try {
    found = await (role.startsWith('mongodb') ? mongoOn(port) : redisOn(port));
  } catch (error) {
    // One of ours that is on its way out may not answer any more.
    if (await isClosedWithin(port, LEAVING_WITHIN_MS)) return;
    report.line(`Port ${port} of "${role}" is taken by a server that does not say who it is (${String(error)}).`);
    return;
  }
  if (!(await isSameFolder(found.dir, dir))) return;
  report.line(`Stopping the server "${role}" that an earlier run left (process ${found.pid}).`);
  send(found.pid, 'SIGTERM');
  send(found.pid, 'SIGCONT');
  if (await isClosedWithin(port, STOPPED_WITHIN_MS)) return;
  send(found.pid, 'SIGKILL');
  await isClosedWithin(port, STOPPED_WITHIN_MS);
};
