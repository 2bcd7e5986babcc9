import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, realpath, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HomeInUseError, type Holder } from '../errors.js';

const LONGEST_SOCKET_PATH = 100;
const ANSWER_WITHIN_MS = 1_000;
const ATTEMPTS = 5;
const MODE = 0o700;

/** Linux has sockets without a file: the kernel gives the name to one and frees it with its process. */
const isFileless = process.platform === 'linux';

const socketOf = async (home: string): Promise<string> => {
  await mkdir(home, { recursive: true, mode: MODE });
  const path = join(await realpath(home), 'larder.sock');
  if (isFileless) return `\0larder-${createHash('sha256').update(path).digest('hex')}`;
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path;
  return join(tmpdir(), `larder-${createHash('sha256').update(path).digest('hex').slice(0, 16)}.sock`);
};

/** Who answers on the socket: `undefined` when nobody listens, `'silent'` when somebody does and says nothing. */
const ask = (path: string): Promise<Holder | 'silent' | undefined> =>
  new Promise((resolve) => {
    let answer = '';
    const socket = connect(path);
    socket.setEncoding('utf8').setTimeout(ANSWER_WITHIN_MS);
    socket.on('data', (text: string) => (answer += text));
    socket.once('error', () => resolve(undefined));
    socket.once('timeout', () => {
      socket.destroy();
      resolve('silent');
    });
    socket.once('end', () => resolve(answer === '' ? 'silent' : (JSON.parse(answer) as Holder)));
  });

/** Listens on the socket; `undefined` when the file is there already. */
const listen = async (path: string, holder: Holder): Promise<Server | undefined> => {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy()); // who asked has gone again
    socket.end(JSON.stringify(holder));
  }).listen(path);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
};

/** Removes a socket on which nobody listens; one that has come to life meanwhile is put back. */
const clear = async (path: string): Promise<void> => {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await ask(aside)) === undefined) await rm(aside, { force: true });
  else await rename(aside, path);
};

/**
 * The right to work with a home folder. It is a listening socket, so it ends with the process that holds it, however
 * that ends, and no process id is trusted.
 */
export class HomeLock {
  private constructor(private readonly server: Server) {}

  /**
   * Takes the lock for `holder`.
   * @throws {HomeInUseError} another process has it
   */
  static async take(home: string, holder: Holder): Promise<HomeLock> {
    const path = await socketOf(home);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const server = await listen(path, holder);
      if (server) return new HomeLock(server.unref());
      const other = await ask(path);
      if (other) throw new HomeInUseError(home, other === 'silent' ? undefined : other);
      if (!isFileless) await clear(path);
    }
    throw new HomeInUseError(home, undefined);
  }

  /** Who has the lock now; `undefined` when nobody has. A holder that does not answer has process id 0. */
  static async holder(home: string): Promise<Holder | undefined> {
    const answer = await ask(await socketOf(home));
    return answer === 'silent' ? { pid: 0, command: 'a process that does not answer' } : answer;
  }

  /** Gives the lock back. */
  release(): void {
    this.server.close();
  }
}
