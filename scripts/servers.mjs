import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { homeOf, loadLocalServers, readEnvironment } from './setup/environment.mjs';
import { prepare } from './setup/prepare.mjs';

const USAGE = `Usage: npm run servers -- up|down|status [--topology standalone]

  up       starts the local MongoDB and both Redis servers, and leaves them running
  down     stops them
  status   prints their URLs; exit code 1 when none run`;

const COMMAND = 'npm run servers -- up';
const LOOK_EVERY_MS = 50;
const STOPPED_WITHIN_MS = 12_000;

const printed = ({ env, servers }) =>
  [
    ...Object.entries(env).map(([name, url]) => `${name}=${url}`),
    ...servers.map(({ role, pid }) => `# ${role}: process ${pid}`),
  ].join('\n');

/** Starts the process that holds the servers, and answers when they are up. */
const up = async ({ home, library }) => {
  const holder = await library.HomeLock.holder(home);
  if (holder) throw new library.HomeInUseError(home, holder);
  const report = library.reportOn(process.stdout);
  const search = { binaries: join(home, 'bin'), report };
  await Promise.all([library.resolveBinary('mongod', search), library.resolveBinary('redis', search)]);
  mkdirSync(join(home, 'logs'), { recursive: true });
  const logFile = join(home, 'logs', 'servers.log');
  const log = openSync(logFile, 'w');
  const self = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [self, 'hold'], { detached: true, stdio: ['ignore', log, log] });
  for (;;) {
    const record = await library.readRunning(home);
    if (record?.pid === child.pid) {
      console.log(printed(record));
      return child.unref();
    }
    if (child.exitCode !== null) throw new Error(readFileSync(logFile, 'utf8').trim());
    await wait(LOOK_EVERY_MS);
  }
};

/** Holds the servers until it is told to stop; a process of its own, started by `up`. */
const hold = async ({ home, library }) => {
  const lock = await library.HomeLock.take(home, { pid: process.pid, command: COMMAND });
  const servers = await library.LocalServers.start({ home, report: library.reportOn(process.stdout) });
  const record = () => {
    const { env, records } = servers;
    return library.writeRunning(home, { pid: process.pid, url: null, env, servers: records, processes: [] });
  };
  servers.keepAlive(() => void record());
  await record();
  const awake = setInterval(() => undefined, 2 ** 30);
  const stop = async () => {
    clearInterval(awake);
    await servers.stop();
    await library.removeRunning(home);
    lock.release();
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop());
};

const down = async ({ home, library }) => {
  const holder = await library.HomeLock.holder(home);
  if (!holder) return console.log('No local servers are running.');
  if (holder.command !== COMMAND) throw new library.HomeInUseError(home, holder);
  process.kill(holder.pid, 'SIGTERM');
  const deadline = performance.now() + STOPPED_WITHIN_MS;
  while (await library.HomeLock.holder(home)) {
    if (performance.now() > deadline) throw new Error(`Process ${holder.pid} has not stopped the servers within 12 s.`);
    await wait(LOOK_EVERY_MS);
  }
  console.log('The local servers are stopped.');
};

const status = async ({ home, library }) => {
  const holder = await library.HomeLock.holder(home);
  const record = holder && (await library.readRunning(home));
  if (record) return console.log(printed(record));
  console.log(
    holder ? `"${holder.command}", process ${holder.pid}, is starting or stopping.` : 'No local servers are running.',
  );
  process.exitCode = 1;
};

const COMMANDS = { up, down, status, hold };

const refuse = (reason) => {
  console.error(`${reason}\n\n${USAGE}`);
  process.exit(2);
};

const read = () => {
  try {
    const options = { topology: { type: 'string', default: 'standalone' }, help: { type: 'boolean', default: false } };
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return refuse(error.message);
  }
};

const { positionals, values } = read();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const command = COMMANDS[positionals[0]];
if (!command || positionals.length > 1) refuse(`Expected one of up, down, status, not "${positionals.join(' ')}".`);
if (values.topology !== 'standalone') refuse(`--topology ${values.topology}: there is standalone.`);
try {
  const home = homeOf(readEnvironment());
  if (command !== hold) await prepare();
  await command({ home, library: await loadLocalServers() });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
