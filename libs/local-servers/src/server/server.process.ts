import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { type Ending, ServerStartError } from '../errors.js';
import { postSentry } from './sentry.js';

/** How one server is launched. */
export interface Launch {
  readonly role: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The line of its output that says that it is ready. */
  readonly ready: RegExp;
  readonly logFile: string;
  /** Whether its data may be lost: it is then killed rather than asked to stop. */
  readonly isThrowAway: boolean;
}

const READY_WITHIN_MS = 30_000;
const LINES_KEPT = 20;
const LARGE_LOG_BYTES = 10_000_000;

/** What a pipe has and its type does not say: whether it keeps us up. */
interface Held {
  ref(): unknown;
  unref(): unknown;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

const openLog = (path: string): WriteStream => {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > LARGE_LOG_BYTES) renameSync(path, `${path}.old`);
  const log = createWriteStream(path, { flags: 'a' });
  return log.on('error', (error) => process.emitWarning(`${path} is not written: ${error.message}`));
};

/** One running server process. It ends with this process, and does not keep this process up. */
export class ServerProcess {
  /** Settles when the process has ended; never rejects. */
  readonly ended: Promise<Ending>;
  readonly #lastLines: string[] = [];
  readonly #log: WriteStream;
  readonly #isReady: Promise<true>;

  private constructor(
    readonly pid: number,
    private readonly launched: Launch,
    private readonly child: Child,
  ) {
    const dismissSentry = postSentry(pid, launched.isThrowAway ? 'KILL' : 'TERM');
    this.#log = openLog(launched.logFile);
    this.#isReady = new Promise((resolve) => {
      for (const output of [child.stdout, child.stderr]) {
        createInterface(output).on('line', (line) => {
          this.#keep(line);
          if (launched.ready.test(line)) resolve(true);
        });
      }
    });
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        dismissSentry();
        this.#log.end();
        resolve({ code, signal, lastLines: this.#lastLines });
      });
    });
  }

  /**
   * Starts the process and waits for its ready line.
   * @throws {ServerStartError} it ended before, or was not ready within 30 s
   */
  static async launch(launch: Launch): Promise<ServerProcess> {
    const child = spawn(launch.command, launch.args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const { pid } = child;
    if (pid === undefined) {
      const error = await new Promise<Error>((resolve) => child.once('error', resolve));
      throw new ServerStartError(launch.role, error.message, launch.logFile);
    }
    const server = new ServerProcess(pid, launch, child);
    await server.#ready();
    server.#leaveAlone();
    return server;
  }

  /** Sends a signal; nothing happens when the process has ended. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends a signal that ends the process, and waits for its end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#hold();
    this.signal(signal);
    await this.ended;
  }

  /** Asks the process to stop (throw-away data: kills it), kills it after `deadlineMs`, and waits for its end. */
  async stop(deadlineMs: number): Promise<void> {
    const lastResort = setTimeout(() => this.signal('SIGKILL'), deadlineMs);
    const ended = this.end(this.launched.isThrowAway ? 'SIGKILL' : 'SIGTERM');
    this.signal('SIGCONT'); // a stopped process takes no other signal
    await ended;
    clearTimeout(lastResort);
  }

  async #ready(): Promise<void> {
    const { role, logFile } = this.launched;
    let deadline: NodeJS.Timeout | undefined;
    const isLate = new Promise<'late'>((resolve) => {
      deadline = setTimeout(() => resolve('late'), READY_WITHIN_MS);
    });
    const outcome = await Promise.race([this.#isReady, this.ended, isLate]);
    clearTimeout(deadline);
    if (outcome === 'late') {
      this.signal('SIGKILL');
      throw new ServerStartError(
        role,
        `it was not ready within ${READY_WITHIN_MS / 1_000} s`,
        logFile,
        await this.ended,
      );
    }
    if (outcome === true) return;
    const end = outcome.signal ? `signal ${outcome.signal}` : `code ${String(outcome.code)}`;
    throw new ServerStartError(role, `it ended with ${end}`, logFile, outcome);
  }

  #keep(line: string): void {
    this.#log.write(`${line}\n`);
    this.#lastLines.push(line.slice(0, 400));
    if (this.#lastLines.length > LINES_KEPT) this.#lastLines.shift();
  }

  /** While its end is awaited, the process keeps us up; else it does not. */
  #hold(): void {
    this.child.ref();
    for (const output of this.#outputs) output.ref();
  }

  #leaveAlone(): void {
    this.child.unref();
    for (const output of this.#outputs) output.unref();
  }

  get #outputs(): readonly Held[] {
    return [this.child.stdout as Readable & Held, this.child.stderr as Readable & Held];
  }
}
