import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, readRunning, type RunningRecord } from '@larder/local-servers';
import { BINARIES } from './local.server.js';

/** A home folder of this test's own that shares the fetched server programs. */
export const aHome = async (): Promise<string> => {
  const home = await mkdtemp(join(tmpdir(), 'larder-process-spec-'));
  await symlink(BINARIES, join(home, 'bin'));
  return home;
};

/** How one `npm start` is run. */
export interface Run {
  readonly home: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Run it by npm, as a person does, rather than by node. */
  readonly isByNpm?: boolean;
}

const launched = new Set<LarderProcess>();

const OWN_SERVERS = ['MONGODB_URI', 'REDIS_URL', 'QUEUE_REDIS_URL'];

/** One `npm start`, with servers and data of its own. */
export class LarderProcess {
  #output = '';
  /** Settles with the exit code and signal. */
  readonly exited: Promise<[code: number | null, signal: NodeJS.Signals | null]>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly home: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    }
    this.exited = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  /** Starts it and does not wait. */
  static async launch({ home, args = [], env = {}, isByNpm = false }: Run): Promise<LarderProcess> {
    const own = Object.entries(process.env).filter(([name]) => !OWN_SERVERS.includes(name) && !name.startsWith('npm_'));
    const all = { ...Object.fromEntries(own), NODE_ENV: '', LARDER_HOME: home, PORT: String(await freePort()), ...env };
    const [command, first] = isByNpm ? ['npm', ['start', '--']] : [process.execPath, ['scripts/start.mjs']];
    const child = spawn(command, [...first, ...args], { env: all, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const larder = new LarderProcess(child, home);
    launched.add(larder);
    return larder;
  }

  /** Starts it and waits until it says that it is ready. @throws {Error} it ended before, with what it printed */
  static async start(run: Run): Promise<LarderProcess> {
    const larder = await LarderProcess.launch(run);
    const ready = new Promise<true>((resolve) => {
      larder.child.stdout?.on('data', () => larder.output.includes('Ctrl-C stops everything') && resolve(true));
    });
    if ((await Promise.race([ready, larder.exited])) !== true)
      throw new Error(`It ended at its start:\n${larder.output}`);
    return larder;
  }

  /** All that it has printed. */
  get output(): string {
    return this.#output;
  }

  /** Of the process that was spawned: npm, or Larder itself. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** What `running.json` says. */
  async record(): Promise<RunningRecord> {
    const record = await readRunning(this.home);
    if (!record) throw new Error('There is no running.json');
    return record;
  }

  /** Sends a signal to the spawned process alone. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Stops all that this file has launched and that runs, whether a test came to know it or not, and removes their homes. */
  static async discardAll(): Promise<void> {
    for (const larder of launched) {
      const isRunning = larder.child.exitCode === null && larder.child.signalCode === null;
      if (isRunning) larder.signal('SIGTERM');
    }
    await Promise.all(
      [...launched].map(async (larder) => {
        await larder.exited;
        await rm(larder.home, { recursive: true, force: true });
      }),
    );
    launched.clear();
  }
}

/** Whether a process with this id is there; one that has ended and was not waited for by its parent is not. */
export const isAlive = async (pid: number): Promise<boolean> => {
  const looked = spawn('ps', ['-o', 'stat=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] });
  let state = '';
  looked.stdout.on('data', (chunk: Buffer) => (state += chunk.toString()));
  await once(looked, 'close');
  return state.trim() !== '' && !state.trim().startsWith('Z');
};
