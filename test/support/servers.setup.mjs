import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';

const LIBRARY = '../../dist/libs/local-servers/src/index.js';

const load = async () => {
  try {
    return await import(LIBRARY);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error('The tests start their servers with the built library: `npm run build` first, or use `npm test`.', {
      cause: error,
    });
  }
};

const E2E = `${join('test', 'e2e')}${sep}`;

/** Whether all that runs is the end-to-end suite, against instances that have servers of their own. */
const isByUrlAlone = () => {
  const { E2E_URLS, LARDER_SPECS = '[]' } = process.env;
  return Boolean(E2E_URLS) && JSON.parse(LARDER_SPECS).every((path) => path.includes(`${sep}${E2E}`));
};

/**
 * Starts the servers that the environment does not name, once for all test files, with data that goes afterwards; none where
 * `E2E_URLS` names the instances of a run of the end-to-end suite alone. Makes the folder that the specs of that suite share.
 */
export default async () => {
  process.env.LARDER_E2E_RUN = await mkdtemp(join(tmpdir(), 'larder-e2e-'));
  if (isByUrlAlone()) return;
  const { LocalServers, reportOn } = await load();
  const { MONGODB_URI, REDIS_URL, QUEUE_REDIS_URL, LARDER_HOME = '.larder', LARDER_REDIS_BINARY } = process.env;
  const home = await mkdtemp(join(tmpdir(), 'larder-test-'));
  const binaries = join(resolve(LARDER_HOME), 'bin');
  const servers = await LocalServers.start({
    home,
    binaries,
    given: { MONGODB_URI, REDIS_URL, QUEUE_REDIS_URL },
    redisBinary: LARDER_REDIS_BINARY,
    isThrowAway: true,
    report: reportOn(process.stderr),
  });
  Object.assign(process.env, servers.env, { LARDER_BINARIES: binaries });
  globalThis.localServers = { home, servers };
};
