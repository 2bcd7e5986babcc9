import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readHomeFile, writeHomeFile } from './home/home.file.js';
import { endOrphan } from './home/orphan.js';
import type { JoinEnvironment, RunningRecord } from './home/running.record.js';
import { type Report, silent } from './progress.report.js';
import { keepAlive } from './server/keep-alive.js';
import type { LocalServer } from './server/local.server.js';
import { startMongo } from './server/mongo.server.js';
import { freePort } from './server/port.js';
import { startRedis } from './server/redis.server.js';

type MainRole = 'mongodb' | 'cache' | 'queue';

/** What is started, and where it lives. */
export interface LocalServersOptions {
  /** Data, logs and ports are kept below it. Where it outlives this process, hold its `HomeLock` first. */
  readonly home: string;
  /** The folder of fetched server programs; `bin` of `home` by default. */
  readonly binaries?: string;
  /** URLs of servers that are there already: those are not started. */
  readonly given?: Partial<JoinEnvironment>;
  /** The Redis program to use, instead of looking for one. */
  readonly redisBinary?: string | undefined;
  /** Whether the data may be lost: the servers are then killed rather than asked to stop. */
  readonly isThrowAway?: boolean;
  readonly report?: Report;
}

const VARIABLES = { mongodb: 'MONGODB_URI', cache: 'REDIS_URL', queue: 'QUEUE_REDIS_URL' } as const;
const ROLES: readonly MainRole[] = ['mongodb', 'cache', 'queue'];

/** The real servers that Larder needs and that were not given: MongoDB, the cache's Redis, the queue's Redis. */
export class LocalServers {
  #leaveOff: (() => void)[] = [];

  private constructor(
    readonly env: JoinEnvironment,
    private readonly servers: readonly LocalServer[],
    private readonly report: Report,
  ) {}

  /**
   * Starts what is not given, each server on the port that it had before where that is free.
   * @throws {BinaryNotFoundError} a server program was neither found nor fetched
   * @throws {ServerStartError} a server did not start; the others are stopped again
   */
  static async start(options: LocalServersOptions): Promise<LocalServers> {
    const { home, given = {}, report = silent } = options;
    await mkdir(join(home, 'logs'), { recursive: true });
    const missing = ROLES.filter((role) => !given[VARIABLES[role]]);
    const ports = await portsFor(home, missing);
    const outcomes = await Promise.allSettled(missing.map((role) => startOne(role, ports[role], options)));
    const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) {
      await Promise.all(started.map((server) => server.stop()));
      throw failed.reason;
    }
    await rememberPorts(home, { ...ports, ...Object.fromEntries(started.map(({ role, port }) => [role, port])) });
    const urls = Object.fromEntries(started.map(({ role, url }) => [VARIABLES[role as MainRole], url]));
    return new LocalServers({ ...given, ...urls } as JoinEnvironment, started, report);
  }

  /** The started servers, as `running.json` lists them. */
  get records(): RunningRecord['servers'] {
    return this.servers.map(({ role, url, pid }) => ({ role, url, pid }));
  }

  /** From now on starts a server that ends unasked again, on its own port and data, and tells `onRestart`. */
  keepAlive(onRestart: () => void): void {
    this.#leaveOff = this.servers.map((server) => keepAlive(server, this.report, onRestart));
  }

  /** Stops all started servers in order. */
  async stop(): Promise<void> {
    for (const leaveOff of this.#leaveOff) leaveOff();
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}

const dirOf = (home: string, role: MainRole): string => join(home, 'data', role);

const startOne = async (role: MainRole, port: number, options: LocalServersOptions): Promise<LocalServer> => {
  const { home, report = silent, isThrowAway = false, binaries = join(home, 'bin'), redisBinary } = options;
  const dir = dirOf(home, role);
  await mkdir(dir, { recursive: true });
  await endOrphan(role, port, dir, report);
  const place = { dir, port, isThrowAway, logFile: join(home, 'logs', `${role}.log`), binaries, report };
  return role === 'mongodb' ? startMongo(place) : startRedis({ ...place, role, binary: redisBinary });
};

const portsFile = (home: string): string => join(home, 'ports.json');
const rememberPorts = (home: string, ports: Record<MainRole, number>): Promise<void> =>
  writeHomeFile(portsFile(home), ports);

/** The ports of the last run, and new ones for what had none. They are on disk before any server is started on them. */
const portsFor = async (home: string, roles: readonly MainRole[]): Promise<Record<MainRole, number>> => {
  const ports = ((await readHomeFile(portsFile(home))) ?? {}) as Record<MainRole, number>;
  for (const role of roles) ports[role] = Number.isInteger(ports[role]) ? ports[role] : await freePort();
  await rememberPorts(home, ports);
  return ports;
};
