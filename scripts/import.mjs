import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './setup/command.mjs';
import { homeOf, loadLocalServers, readEnvironment } from './setup/environment.mjs';
import { prepare } from './setup/prepare.mjs';
import { onOrders } from './start/orders.mjs';

const INTERRUPTED = 130;
const USAGE = 2;
// Without a limit the garbage collector lets a large file's rows pile up; what is needed at once stays far below.
const HEAP = ['--max-old-space-size=112', '--max-semi-space-size=4'];
const CATALOGUE = join(ROOT, 'dist', 'apps', 'catalogue', 'src');
const NEEDED = ['MONGODB_URI', 'REDIS_URL', 'QUEUE_REDIS_URL'];

// npm moves to the package's folder; FILE is meant from where the command was typed.
const from = (process.env.npm_lifecycle_event === 'import' && process.env.INIT_CWD) || process.cwd();
const stopping = new AbortController();
let child;

/** Runs the import until it ends, and answers its exit code. */
const run = (env) =>
  new Promise((resolve, reject) => {
    const args = [...HEAP, '--enable-source-maps', join(CATALOGUE, 'main.js'), ...process.argv.slice(2)];
    child = spawn(process.execPath, args, { cwd: from, env, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? INTERRUPTED));
  });

/** The local servers for the time of the import, unless Larder runs in `home` or the environment names servers. */
const serversFor = async (environment, home) => {
  const given = Object.fromEntries(NEEDED.map((name) => [name, environment[name]]));
  if (NEEDED.every((name) => given[name] !== undefined)) return { env: given, stop: async () => undefined };
  if (environment.NODE_ENV === 'production') {
    const missing = NEEDED.filter((name) => given[name] === undefined);
    throw new Error(`In production nothing is started locally. Set ${missing.join(', ')}.`);
  }
  const { HomeLock, HomeInUseError, LocalServers, readRunning, reportOn } = await loadLocalServers();
  const holder = await HomeLock.holder(home);
  const running = holder && (await readRunning(home));
  if (holder && !running) throw new HomeInUseError(home, holder);
  if (running) {
    const env = Object.fromEntries(NEEDED.map((name) => [name, given[name] ?? running.env[name]]));
    return { env, stop: async () => undefined };
  }
  const lock = await HomeLock.take(home, { pid: process.pid, command: 'npm run import' });
  const servers = await LocalServers.start({ home, given, report: reportOn(process.stderr) });
  const stop = async () => {
    await servers.stop();
    lock.release();
  };
  return { env: servers.env, stop };
};

const main = async () => {
  const environment = readEnvironment();
  await prepare(stopping.signal);
  const { isWorthServers } = await import(join(CATALOGUE, 'command', 'order.check.js'));
  process.chdir(from);
  if (!(await isWorthServers(process.argv.slice(2)))) return run(environment);
  const home = homeOf(environment);
  const servers = await serversFor(environment, home);
  try {
    stopping.signal.throwIfAborted();
    return await run({ ...environment, ...servers.env, LARDER_HOME: home });
  } finally {
    await servers.stop();
  }
};

onOrders({
  stop: () => {
    stopping.abort();
    child?.kill('SIGTERM');
  },
  breakOff: () => {
    child?.kill('SIGKILL');
    process.exit(INTERRUPTED);
  },
});

try {
  process.exit(await main());
} catch (error) {
  if (!stopping.signal.aborted) console.error(error instanceof Error ? error.message : error);
  process.exit(stopping.signal.aborted ? INTERRUPTED : error?.code === 'IMPORT_USAGE' ? USAGE : 1);
}
