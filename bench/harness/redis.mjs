import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROOM = '4gb';

/**
 * A real Redis of its own, set up as Larder sets up the one of this role, with room for a million keys; `args` beside that
 * are a table's own.
 */
export const openRedis = async (report, { role = 'cache', args = [] } = {}) => {
  const library = await import(join(ROOT, 'dist', 'libs', 'local-servers', 'src', 'index.js'));
  const dir = await mkdtemp(join(tmpdir(), 'larder-bench-'));
  const binaries = join(ROOT, process.env.LARDER_HOME ?? '.larder', 'bin');
  const options = { role, dir, port: await library.freePort(), logFile: join(dir, 'redis.log'), binaries };
  const server = await library.startRedis({
    ...options,
    isThrowAway: true,
    args: ['--maxmemory', ROOM, ...args],
    report,
  });
  const close = async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { url: server.url, close };
};
