import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A real MongoDB of its own, set up as Larder sets up its own. */
export const openMongo = async (report) => {
  const library = await import(join(ROOT, 'dist', 'libs', 'local-servers', 'src', 'index.js'));
  const dir = await mkdtemp(join(tmpdir(), 'larder-bench-'));
  const binaries = join(ROOT, process.env.LARDER_HOME ?? '.larder', 'bin');
  const options = { dir, port: await library.freePort(), logFile: join(dir, 'mongod.log'), binaries };
  const server = await library.startMongo({ ...options, isThrowAway: true, report });
  const close = async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { url: server.url, close };
};
