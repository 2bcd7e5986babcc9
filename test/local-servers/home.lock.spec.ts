import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HomeInUseError, HomeLock } from '@larder/local-servers';

const LIBRARY = join(process.cwd(), 'dist', 'libs', 'local-servers', 'src', 'index.js');
const HOLD = `
  const { HomeLock } = await import(${JSON.stringify(LIBRARY)});
  await HomeLock.take(process.argv[1], { pid: process.pid, command: 'another' });
  console.log('held');
  setInterval(() => undefined, 1000);
`;

describe('the lock of a home', () => {
  let home: string;
  let other: ChildProcess | undefined;
  const own = { pid: process.pid, command: 'this' };
  const heldByAnother = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', HOLD, home], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  };
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'larder-lock-spec-'));
  });
  afterEach(async () => {
    other?.kill('SIGKILL');
    await rm(home, { recursive: true });
  });

  it('is refused while another process has it, with the name of that one', async () => {
    other = await heldByAnother();

    const refusal = await HomeLock.take(home, own).then(undefined, (error: unknown) => error);

    expect(refusal).toBeInstanceOf(HomeInUseError);
    expect(refusal).toMatchObject({ holder: { pid: other.pid, command: 'another' } });
    expect(String(refusal)).toContain(`"another", process ${String(other.pid)}`);
  });

  it('is refused while the holder is stopped and cannot answer', async () => {
    other = await heldByAnother();
    other.kill('SIGSTOP');

    await expect(HomeLock.take(home, own)).rejects.toMatchObject({ code: 'LOCAL_SERVERS_HOME_IN_USE' });
  });

  it('is free after kill -9 of its holder', async () => {
    other = await heldByAnother();
    other.kill('SIGKILL');
    await once(other, 'exit');

    const lock = await HomeLock.take(home, own);

    expect(await HomeLock.holder(home)).toEqual(own);
    lock.release();
  });

  it('goes to exactly one of many that want it at once', async () => {
    other = await heldByAnother();
    other.kill('SIGKILL');
    await once(other, 'exit');

    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => HomeLock.take(home, own)));

    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(won).toHaveLength(1);
    for (const lock of won) lock.release();
  });

  it('works in a home whose path is longer than a socket may have', async () => {
    const deep = join(home, 'a'.repeat(120));
    const lock = await HomeLock.take(deep, own);

    await expect(HomeLock.take(deep, own)).rejects.toBeInstanceOf(HomeInUseError);
    lock.release();
  });
});
