import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Ending, ServerStartError } from '../errors.js';
import { freePort } from './port.js';
import { ServerProcess } from './server.process.js';

/** What a server is for: `-replica` for a copy of another, `sentinel` for a watcher of Redis. */
export type Role = 'mongodb' | 'cache' | 'queue' | 'mongodb-replica' | 'cache-replica' | 'queue-replica' | 'sentinel';

/** How servers of one kind are run; everything that differs between MongoDB and Redis. */
export interface ServerKind {
  readonly role: Role;
  readonly command: string;
  readonly ready: RegExp;
  args(port: number, dir: string): string[];
  url(port: number): string;
  /** What is still to do once the process says that it is ready, before the server is. */
  afterReady?(port: number): Promise<void>;
}

/** Where a server lives. Without `dir` it gets a throw-away folder, which goes when the server is stopped. */
export interface Place {
  readonly dir?: string | undefined;
  /** Preferred; another is taken when somebody else listens on it. */
  readonly port?: number | undefined;
  readonly logFile?: string | undefined;
  /** Whether the data may be lost; the default is whether `dir` is absent. */
  readonly isThrowAway?: boolean | undefined;
}

const PATIENCE_MS = 10_000;
const AGAIN_AFTER_MS = 100;
const STOP_WITHIN_MS = 8_000;

/** One real server, which can be stopped, killed and started again on its own port and data. */
export class LocalServer {
  #running: ServerProcess | undefined;
  #lastPid = 0;
  readonly #endings = new Set<(ending: Ending) => void>();

  private constructor(
    private readonly kind: ServerKind,
    readonly dir: string,
    private readonly place: Place,
    private currentPort: number,
  ) {}

  /**
   * Starts a server and answers once it takes commands.
   * @throws {ServerStartError} it did not start
   */
  static async start(kind: ServerKind, place: Place): Promise<LocalServer> {
    const dir = place.dir ?? (await mkdtemp(join(tmpdir(), `larder-${kind.role}-`)));
    await mkdir(dir, { recursive: true });
    const server = new LocalServer(kind, dir, place, place.port ?? (await freePort()));
    await server.#launchPatiently(freePort);
    return server;
  }

  get role(): Role {
    return this.kind.role;
  }

  get port(): number {
    return this.currentPort;
  }

  get url(): string {
    return this.kind.url(this.currentPort);
  }

  /** Of the process that runs, or of the last one that did. */
  get pid(): number {
    return this.#running?.pid ?? this.#lastPid;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Calls `listener` whenever the server ends without `stop` or `restart` having been asked for. */
  onEnd(listener: (ending: Ending) => void): void {
    this.#endings.add(listener);
  }

  /** Sends a signal. `SIGKILL` and `SIGTERM` are waited for; `SIGSTOP` and `SIGCONT` act at once. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await this.#running?.end(signal);
    else this.#running?.signal(signal);
  }

  /** Stops the server in order and waits for its end. Throw-away data is gone then. */
  async stop(): Promise<void> {
    await this.#halt();
    if (this.place.dir === undefined) await rm(this.dir, { recursive: true, force: true });
  }

  /**
   * Starts the server again, on its own port and data, stopped first if it runs.
   * @throws {ServerStartError} somebody else has kept its port or folder for 10 s, or it cannot start any more
   */
  async restart(): Promise<void> {
    await this.#halt();
    await this.#launchPatiently();
  }

  /** While somebody else has the port, takes the `next` one if that may be, else waits; for its folder it waits. */
  async #launchPatiently(next?: () => Promise<number>): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        await this.#launch();
        return;
      } catch (error) {
        const isTaken = error instanceof ServerStartError && (error.isPortTaken || error.isFolderTaken);
        if (!isTaken || Date.now() > deadline) throw error;
        if (error.isPortTaken && next) this.currentPort = await next();
        else await wait(AGAIN_AFTER_MS);
      }
    }
  }

  async #halt(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.stop(STOP_WITHIN_MS);
  }

  async #launch(): Promise<void> {
    const { role, command, ready } = this.kind;
    const running = await ServerProcess.launch({
      role,
      command,
      ready,
      args: this.kind.args(this.currentPort, this.dir),
      logFile: this.place.logFile ?? join(this.dir, `${role}.log`),
      isThrowAway: this.place.isThrowAway ?? this.place.dir === undefined,
    });
    try {
      await this.kind.afterReady?.(this.currentPort);
    } catch (error) {
      await running.stop(STOP_WITHIN_MS);
      throw error;
    }
    this.#running = running;
    this.#lastPid = running.pid;
    void running.ended.then((ending) => {
      if (this.#running !== running) return;
      this.#running = undefined;
      for (const listener of this.#endings) listener(ending);
    });
  }
}
