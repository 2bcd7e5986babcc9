import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ROOT, runScript } from '../setup/command.mjs';
import { homeOf, loadLocalServers, readEnvironment } from '../setup/environment.mjs';
import { prepare } from '../setup/prepare.mjs';
import { chooseAddress, untilReady } from './address.mjs';
import { KeptProcess } from './kept.process.mjs';
import { endLeftBehind } from './left.behind.mjs';
import { refuseGaps, secretsFor } from './secrets.mjs';

const mainOf = (app) => join(ROOT, 'dist', 'apps', app, 'src', 'main.js');
const SAMPLE = join(ROOT, 'dist', 'apps', 'catalogue', 'src', 'sample.js');
const CLUSTER = join(ROOT, 'scripts', 'start', 'cluster.mjs');
const SOURCE_MAPS = '--enable-source-maps';

// The order to stop is carried out within 10 s: each part's share, counted from the order.
const WORKER_AFTER_MS = 1_000;
const PROCESSES_UNTIL_MS = 8_500;
const SERVERS_UNTIL_MS = 9_700;

/** All of `npm start`: set-up, servers, sample, API, worker; and its end. */
export class Larder {
  #stopping = new AbortController();
  #processes = [];
  #recording = Promise.resolve();

  constructor({ instances, isEmpty }) {
    this.instances = instances;
    this.isEmpty = isEmpty;
  }

  /**
   * Answers once the API answers.
   * @throws {Error} something is in the way; the message says what and what to do. `stop` cleans up
   */
  async start() {
    const environment = readEnvironment();
    refuseGaps(environment);
    await prepare(this.#stopping.signal);
    this.home = homeOf(environment);
    this.library = await loadLocalServers();
    this.lock = await this.library.HomeLock.take(this.home, { pid: process.pid, command: 'npm start' });
    await endLeftBehind(await this.library.readRunning(this.home));
    const address = await chooseAddress(environment, this.library.freePort);
    const secrets = await secretsFor(environment, this.home, this.library);
    await this.#startServers(environment);
    const { url, ...listen } = address;
    this.url = url;
    const env = { ...environment, ...this.servers.env, ...listen, ...secrets, LARDER_HOME: this.home };
    await this.#fill(env);
    const obstacle = await this.#startProcesses(env);
    await this.#record();
    this.#announce(environment, secrets, obstacle);
  }

  /** Stops everything in order: the API, the worker, the servers last. */
  async stop() {
    const began = performance.now();
    const left = (untilMs) => Math.max(0, untilMs - (performance.now() - began));
    this.#stopping.abort();
    const [api, worker] = this.#processes;
    const apiStopped = api?.stop(PROCESSES_UNTIL_MS);
    await Promise.race([apiStopped, wait(WORKER_AFTER_MS, undefined, { ref: false })]);
    await Promise.all([apiStopped, worker?.stop(left(PROCESSES_UNTIL_MS))]);
    // Servers that are still on their way up are waited for as well; what is late ends with us, by its sentry.
    const serversStopped = this.starting?.then((servers) => servers.stop()).catch(() => undefined);
    await Promise.race([serversStopped, wait(left(SERVERS_UNTIL_MS))]);
    await this.#recording;
    if (this.lock) await this.library.removeRunning(this.home);
    this.lock?.release();
  }

  /** Kills the API and the worker; the servers end with us, by their sentries. */
  kill() {
    for (const kept of this.#processes) kept.kill();
  }

  async #startServers({ MONGODB_URI, REDIS_URL, QUEUE_REDIS_URL }) {
    const { LocalServers, reportOn } = this.library;
    const given = { MONGODB_URI, REDIS_URL, QUEUE_REDIS_URL };
    this.starting = LocalServers.start({ home: this.home, given, report: reportOn(process.stdout) });
    this.servers = await this.starting;
    this.#stopping.signal.throwIfAborted();
    this.servers.keepAlive(() => this.#changed());
  }

  async #fill(env) {
    if (this.isEmpty || env.NODE_ENV === 'production') return;
    const code = await runScript(SAMPLE, [], { env, signal: this.#stopping.signal });
    if (code !== 0) throw new Error(`The sample catalogue could not be written (code ${code}).`);
  }

  async #startProcesses(env) {
    const { postSentry } = this.library;
    const isCluster = this.instances > 1;
    const args = isCluster ? [CLUSTER, String(this.instances), mainOf('api')] : [SOURCE_MAPS, mainOf('api')];
    const onChange = () => this.#changed();
    const api = new KeptProcess({ role: 'api', args, env, reports: isCluster, postSentry, onChange });
    const worker = new KeptProcess({
      role: 'worker',
      args: [SOURCE_MAPS, mainOf('worker')],
      env,
      postSentry,
      onChange,
    });
    this.#processes = [api, worker];
    for (const kept of this.#processes) kept.start();
    const up = Promise.all([untilReady(this.url, this.#stopping.signal), isCluster ? api.listening : undefined]);
    const [obstacle] = await Promise.race([up, api.endedEarly, worker.endedEarly]);
    for (const kept of this.#processes) kept.settled();
    return obstacle;
  }

  #changed() {
    if (this.isAnnounced) this.#record();
  }

  /** Writes `running.json` as things are by then; one writing after the other. */
  #record() {
    this.#recording = this.#recording.then(() => {
      if (this.#stopping.signal.aborted) return;
      const processes = this.#processes.flatMap(({ role, pids }) => pids.map((pid) => ({ role, pid })));
      const { env, records: servers } = this.servers;
      return this.library.writeRunning(this.home, { pid: process.pid, url: this.url, env, servers, processes });
    });
    return this.#recording;
  }

  #announce(environment, { ADMIN_EMAIL, ADMIN_PASSWORD }, obstacle) {
    this.isAnnounced = true;
    const password = environment.ADMIN_PASSWORD === undefined ? ADMIN_PASSWORD : 'as set in ADMIN_PASSWORD';
    console.log(`
  ${obstacle === undefined ? 'Larder is ready.' : `Larder runs and is not ready yet: ${obstacle}`}

    URL        ${this.url}
    Docs       ${this.url}/docs
    Admin      ${ADMIN_EMAIL}
    Password   ${password}

  Data and generated secrets are kept in ${this.home}. Ctrl-C stops everything.
`);
  }
}
