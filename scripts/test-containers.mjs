// Builds the image, starts docker-compose.yml as a project of its own, runs the end-to-end suite against the proxy
// and each instance, and takes everything away again, also after a failure or Ctrl-C.
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { output, run, signalAll } from './containers/command.mjs';
import { containersOf, findEngine } from './containers/engine.mjs';
import { newProject } from './containers/project.mjs';
import { suiteByUrl } from './containers/suite.mjs';
import { prepare } from './setup/prepare.mjs';

const READY_WITHIN_MS = 90_000;
const STOPS_WITHIN_S = 10;
const SECOND_INTERRUPT_MS = 2_000;
const JEST = [
  '--experimental-vm-modules',
  '--no-warnings',
  'node_modules/jest/bin/jest.js',
  '--selectProjects',
  'servers',
  '--runTestsByPath',
];
const OURS = ['proxy', 'api1', 'api2', 'worker'];

const started = performance.now();
const say = (text) => console.log(`[${((performance.now() - started) / 1_000).toFixed(1)} s] ${text}`);

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const interrupt = { at: 0, controller: new AbortController() };
let isTidying = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    const isFirst = interrupt.at === 0;
    // One Ctrl-C may come twice; one that comes later breaks the tidying off too.
    if (!isFirst && performance.now() - interrupt.at < SECOND_INTERRUPT_MS) return;
    interrupt.at = performance.now();
    say(isFirst ? `${signal}: stopping` : `${signal}: leaving at once, containers may be left`);
    interrupt.controller.abort(new Error('interrupted'));
    if (!isFirst || !isTidying) signalAll('SIGTERM');
  });
}

const step = async (what, command, options) => {
  interrupt.controller.signal.throwIfAborted();
  say(what);
  const code = await run(command, options);
  interrupt.controller.signal.throwIfAborted();
  if (code !== 0) throw new Error(`${what}: exit ${code}`);
};

/** What keeps an instance from being ready; `undefined` when it is. */
const fault = async (url) => {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    const text = await answer.text();
    return answer.status === 200 && JSON.parse(text).status === 'ready' ? undefined : `${answer.status} ${text}`;
  } catch (error) {
    return error.cause?.message ?? error.message;
  }
};

const untilReady = async (url) => {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const reason = await fault(url);
    if (reason === undefined) return say(`${url} is ready`);
    if (performance.now() > deadline)
      throw new Error(`${url} is not ready after ${READY_WITHIN_MS / 1_000} s: ${reason}`);
    await after(200, undefined, { signal: interrupt.controller.signal });
  }
};

/** Every process of ours leaves with 0 when its container is stopped. */
const checkStop = async (engine, project) => {
  const compose = [...engine.compose, '-p', project.name];
  await step('stopping the services', [...compose, 'stop', '-t', String(STOPS_WITHIN_S), ...OURS], {
    env: project.env,
  });
  const failed = (await containersOf(engine, project.name)).filter(
    ({ service, code }) => OURS.includes(service) && code !== 0,
  );
  if (failed.length > 0) {
    throw new Error(
      `did not stop in order: ${failed.map(({ service, code }) => `${service} (exit ${code})`).join(', ')}`,
    );
  }
};

const printLogs = async (engine, project) => {
  for (const { name, service, code } of await containersOf(engine, project.name)) {
    if (!OURS.includes(service) && (code ?? 0) === 0) continue;
    say(`last lines of ${service} (${code === null ? 'running' : `exit ${code}`}):`);
    await run([engine.cli, 'logs', '--tail', '60', name]);
  }
};

const remove = async (engine, { name, env }) => {
  const code = await run([...engine.compose, '-p', name, 'down', '-v', '--remove-orphans'], { env });
  if (code !== 0) throw new Error(`could not remove everything of project ${name}: exit ${code}`);
};

const main = async () => {
  const engine = await findEngine(process.env.COMPOSE_BUILD_ARGS);
  const project = await newProject();
  const { env, urls } = project;
  const version = await output([engine.cli, '--version']);
  say(`${engine.name} (${version}), project ${project.name}`);
  await prepare(interrupt.controller.signal);
  const specs = suiteByUrl(process.argv.slice(2));
  await step('building the images', engine.build, { env: { ...env, COMPOSE_PROJECT_NAME: project.name } });
  try {
    await step('starting docker-compose.yml', [...engine.compose, '-p', project.name, 'up', '-d'], { env });
    say('waiting for /health/ready');
    await Promise.all(urls.map(untilReady));
    await step(`end-to-end suite against ${urls.join(', ')}`, [process.execPath, ...JEST, ...specs], {
      env: { E2E_URLS: urls.join(','), E2E_ADMIN_EMAIL: env.ADMIN_EMAIL, E2E_ADMIN_PASSWORD: env.ADMIN_PASSWORD },
    });
    await checkStop(engine, project);
  } catch (error) {
    if (!interrupt.controller.signal.aborted) await printLogs(engine, project);
    throw error;
  } finally {
    isTidying = true;
    say('removing containers, network and volumes');
    await remove(engine, project);
  }
};

try {
  await main();
  say('passed');
} catch (error) {
  say(error.message);
  process.exitCode = interrupt.at === 0 ? 1 : 130;
}
