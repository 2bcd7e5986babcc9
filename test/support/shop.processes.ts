import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { freePort, type LocalServer } from '@larder/local-servers';
import { ADMIN, type Answer, type Sent } from './api.js';
import { anAgent, closeConnections, sendTo } from './e2e/http.js';
import { aMongo, aRedis } from './local.server.js';
import { until } from './until.js';

const READY = { withinMs: 20_000 };
const SIGNED_IN = { withinMs: 10_000 };
const KEYS = 'test:a secret that is thirty-two bytes long';

/** One API in an operating-system process of its own. */
export class ApiProcess {
  readonly #agent = anAgent();
  readonly #child: ChildProcess;
  /** Settles with the exit code and signal. */
  readonly exited: Promise<[code: number | null, signal: NodeJS.Signals | null]>;

  constructor(
    readonly url: string,
    child: ChildProcess,
  ) {
    this.#child = child;
    this.exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a request such as `GET /v1/products/a` over a socket. */
  call(line: string, sent?: Sent): Promise<Answer> {
    return sendTo(this.url, line, sent, this.#agent);
  }
}

/** The built programs, each a process of its own, over a MongoDB and two Redis that nobody else uses. */
export class ShopProcesses {
  private readonly children = new Set<ChildProcess>();

  private constructor(
    readonly mongo: LocalServer,
    readonly redis: LocalServer,
    readonly queue: LocalServer,
  ) {}

  /** The servers alone. */
  static async open(): Promise<ShopProcesses> {
    const [mongo, redis, queue] = await Promise.all([aMongo(), aRedis({ role: 'cache' }), aRedis({ role: 'queue' })]);
    return new ShopProcesses(mongo, redis, queue);
  }

  /** One more API that is ready. @throws {Error} it is not, with what it printed */
  async startApi(changes: Readonly<Record<string, string>> = {}): Promise<ApiProcess> {
    const port = String(await freePort());
    const { child, printed } = this.launch('api', { PORT: port, ...changes });
    const api = new ApiProcess(`http://127.0.0.1:${port}`, child);
    const isReady = (): Promise<boolean> =>
      api.call('GET /health/ready').then(
        ({ body }) => body?.['status'] === 'ready',
        () => false, // nobody listens yet
      );
    await until(isReady, READY).catch((cause: unknown) => {
      throw new Error(`The API is not ready:\n${printed()}`, { cause });
    });
    return api;
  }

  /** One more worker, which may not be ready yet; answers how to end it. */
  startWorker(changes: Readonly<Record<string, string>> = {}): (signal: NodeJS.Signals) => void {
    const { child } = this.launch('worker', changes);
    return (signal) => void child.kill(signal);
  }

  /** What a request of the first administrator carries. */
  async adminHeaders(api: ApiProcess): Promise<{ authorization: string }> {
    const body = { email: ADMIN.ADMIN_EMAIL, password: ADMIN.ADMIN_PASSWORD };
    let token: unknown;
    await until(async () => {
      token = (await api.call('POST /v1/sessions', { body })).body?.['accessToken'];
      return token !== undefined;
    }, SIGNED_IN);
    return { authorization: `Bearer ${String(token)}` };
  }

  /** Ends every process, then the servers. */
  async close(): Promise<void> {
    closeConnections();
    await this.killProcesses();
    await Promise.all([this.mongo.stop(), this.redis.stop(), this.queue.stop()]);
  }

  /** Ends every process by force; the servers stay. */
  async killProcesses(): Promise<void> {
    await Promise.all(
      [...this.children].map(async (child) => {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }),
    );
  }

  private launch(
    program: 'api' | 'worker',
    changes: Readonly<Record<string, string>>,
  ): { readonly child: ChildProcess; readonly printed: () => string } {
    const env = {
      ...process.env,
      ...ADMIN,
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      ACCESS_TOKEN_KEYS: KEYS,
      RATE_LIMIT_SIGN_IN: '1000/1m',
      RATE_LIMIT_SIGN_IN_FAILURES: '1000/1m',
      MONGODB_URI: this.mongo.url,
      REDIS_URL: this.redis.url,
      QUEUE_REDIS_URL: this.queue.url,
      ...changes,
    };
    const child = spawn(process.execPath, [resolve(`dist/apps/${program}/src/main.js`)], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return { child, printed: () => printed };
  }
}
