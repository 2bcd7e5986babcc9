import { output, run } from './command.mjs';

/** `--network host` from `--network host` or from podman-compose's own `--podman-build-args='--network host'`. */
const buildArguments = (text) =>
  text
    .replace(/--podman-build-args[= ]/g, '')
    .replace(/['"]/g, '')
    .split(/\s+/)
    .filter((word) => word !== '');

const docker = (given) => ({
  name: 'Docker Compose',
  cli: 'docker',
  compose: ['docker', 'compose'],
  build: ['docker', 'compose', 'build', ...buildArguments(given ?? '')],
});

// A build in Podman's bridge network finds no name server on many machines, hence the host's network.
const podman = (given) => ({
  name: 'podman-compose',
  cli: 'podman',
  compose: ['podman-compose'],
  build: ['podman-compose', `--podman-build-args=${buildArguments(given ?? '--network host').join(' ')}`, 'build'],
});

const answers = async (command) => (await run(command, { quiet: true })) === 0;

/**
 * The engine at hand: Docker Compose with a daemon that answers, else podman-compose.
 * @param given arguments of image builds, as `COMPOSE_BUILD_ARGS` has them
 * @throws {Error} when there is neither
 */
export const findEngine = async (given) => {
  if ((await answers(['docker', 'compose', 'version'])) && (await answers(['docker', 'info']))) return docker(given);
  if ((await answers(['podman-compose', 'version'])) && (await answers(['podman', 'info']))) return podman(given);
  throw new Error(
    'No container engine answers: neither `docker compose` with its daemon nor `podman-compose` with Podman. Install one and try again.',
  );
};

/** The containers of a project, those that ended included: `{ name, service, code }`, `code` null while it runs. */
export const containersOf = async ({ cli }, project) => {
  const ids = await output([cli, 'ps', '-aq', '--filter', `label=com.docker.compose.project=${project}`]);
  if (ids === '') return [];
  const format =
    '{{.Name}} {{index .Config.Labels "com.docker.compose.service"}} {{.State.Running}} {{.State.ExitCode}}';
  const lines = await output([cli, 'inspect', '--format', format, ...ids.split('\n')]);
  return lines.split('\n').map((line) => {
    const [name, service, isRunning, code] = line.split(' ');
    return { name: name.replace(/^\//, ''), service, code: isRunning === 'true' ? null : Number(code) };
  });
};
