import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

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

/** Starts the servers that the environment does not name, once for all test files, with data that goes afterwards. */
export default async () => {
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
