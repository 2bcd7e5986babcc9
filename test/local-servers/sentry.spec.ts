import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { isClosedWithin, isListening } from '@larder/local-servers';
import { BINARIES } from '../support/local.server.js';

const LIBRARY = join(process.cwd(), 'dist', 'libs', 'local-servers', 'src', 'index.js');
const OWN = `
  const { startRedis } = await import(${JSON.stringify(LIBRARY)});
  const server = await startRedis({ role: 'queue', dir: process.argv[1], binaries: process.argv[2] });
  console.log(server.port);
  setInterval(() => undefined, 1000);
`;

describe('the sentry of a local server', () => {
  it('ends the server when the process that started it is killed with -9', async () => {
    const dir = join(process.env['TMPDIR'] ?? '/tmp', `larder-sentry-spec-${process.pid}`);
    const owner = spawn(process.execPath, ['--input-type=module', '-e', OWN, dir, BINARIES], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const port = Number(line.toString());
    expect(await isListening(port)).toBe(true);

    owner.kill('SIGKILL');

    expect(await isClosedWithin(port, 5_000)).toBe(true);
  });
});
