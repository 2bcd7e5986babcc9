import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort } from '@larder/local-servers';
import { aHome, isAlive, LarderProcess } from '../support/larder.process.js';
import { until } from '../support/until.js';

const idsOf = async (larder: LarderProcess): Promise<number[]> => {
  const { servers, processes } = await larder.record();
  return [...servers, ...processes].map(({ pid }) => pid);
};
const areGone = async (pids: readonly number[]): Promise<boolean> =>
  !(await Promise.all(pids.map(isAlive))).includes(true);
const stockOf = async (larder: LarderProcess): Promise<unknown> => {
  const { url } = await larder.record();
  return (await fetch(`${url ?? ''}/v1/categories`)).json();
};

const START_WITHIN_MS = 60_000;

afterAll(() => LarderProcess.discardAll(), START_WITHIN_MS);

describe('npm start', () => {
  let larder: LarderProcess;
  let home: string;
  beforeAll(async () => {
    home = await aHome();
    larder = await LarderProcess.start({ home });
  }, START_WITHIN_MS);

  it('is ready when it says so, and prints where and who', async () => {
    const { url } = await larder.record();

    expect((await fetch(`${url ?? ''}/health/ready`)).status).toBe(200);
    expect(larder.output).toContain(`${url ?? ''}/docs`);
    expect(larder.output).toMatch(/Admin +admin@larder\.test\n +Password +\S{20}\n/);
  });

  it('says in running.json what runs, and nothing else', async () => {
    const { pid, url, env, servers, processes, ...rest } = await larder.record();

    expect(rest).toEqual({});
    expect(pid).toBe(larder.pid);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(servers.map(({ role }) => role)).toEqual(['mongodb', 'cache', 'queue']);
    expect(Object.keys(env)).toEqual(['MONGODB_URI', 'REDIS_URL', 'QUEUE_REDIS_URL']);
    expect(Object.values(env)).toEqual(servers.map((server) => server.url));
    expect(processes.map(({ role }) => role)).toEqual(['api', 'worker']);
  });

  it('keeps its secrets for its owner only', async () => {
    expect((await stat(join(home, 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, 'running.json'))).mode & 0o777).toBe(0o600);
  });

  it('refuses a second one on its home, and names the first', async () => {
    const second = await LarderProcess.launch({ home });

    expect(await second.exited).toEqual([1, null]);
    expect(second.output).toContain(`in use by "npm start", process ${larder.pid}`);
  });

  it.each(['api', 'worker'] as const)('starts its %s again when that is killed', async (role) => {
    const before = (await larder.record()).processes.find((each) => each.role === role)?.pid ?? 0;

    process.kill(before, 'SIGKILL');

    await until(async () => !(await larder.record()).processes.some(({ pid }) => pid === before), { withinMs: 5_000 });
    await until(async () => (await larder.record()).processes.some((each) => each.role === role), { withinMs: 5_000 });
    const { url } = await larder.record();
    await until(async () => (await fetch(`${url ?? ''}/health/ready`).catch(() => undefined))?.ok === true, {
      withinMs: 15_000,
    });
  });

  it('starts a killed server again on its own port', async () => {
    const before = await larder.record();
    const queue = before.servers.find(({ role }) => role === 'queue');

    process.kill(queue?.pid ?? 0, 'SIGKILL');

    await until(async () => (await larder.record()).servers.find(({ role }) => role === 'queue')?.pid !== queue?.pid, {
      withinMs: 5_000,
    });
    expect((await larder.record()).env).toEqual(before.env);
  });

  it('finds its data again after kill -9 of everything', async () => {
    const before = await stockOf(larder);
    const everything = [larder.pid, ...(await idsOf(larder))];
    for (const pid of everything) process.kill(pid, 'SIGKILL');
    await larder.exited;

    larder = await LarderProcess.start({ home });

    expect(await stockOf(larder)).toEqual(before);
    expect(larder.output).not.toMatch(/Sample catalogue: \d/);
  });

  it('leaves in order on an interrupt that comes twice: exit 0 within 10 s, and nothing is left', async () => {
    const everything = await idsOf(larder);
    const began = performance.now();

    larder.signal('SIGINT');
    larder.signal('SIGINT');

    expect(await larder.exited).toEqual([0, null]);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await areGone(everything)).toBe(true);
    expect(existsSync(join(home, 'running.json'))).toBe(false);
  });

  it('stops when npm alone is killed', async () => {
    larder = await LarderProcess.start({ home, isByNpm: true });
    const { pid } = await larder.record();
    expect(pid).not.toBe(larder.pid);
    const everything = [pid, ...(await idsOf(larder))];

    larder.signal('SIGKILL');

    await until(() => areGone(everything), { withinMs: 11_000 });
  });

  it('runs as many API processes on one port as it is told', async () => {
    larder = await LarderProcess.start({ home, args: ['--instances', '3'] });
    const { processes } = await larder.record();
    expect(processes.map(({ role }) => role)).toEqual(['api', 'api', 'api', 'worker']);
    const everything = await idsOf(larder);

    larder.signal('SIGTERM');

    expect(await larder.exited).toEqual([0, null]);
    await until(() => areGone(everything), { withinMs: 1_000 });
  });
});

describe('npm start where something is in the way', () => {
  let home: string;
  beforeAll(async () => {
    home = await aHome();
  });

  it('says that its port is taken, and exits 1', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');

    const refused = await LarderProcess.launch({ home, env: { PORT: String(port) } });

    expect(await refused.exited).toEqual([1, null]);
    expect(refused.output).toContain(`Port ${port} on 127.0.0.1 is in use by another program`);
    other.close();
  });

  it.each([
    [['--nope'], 2, "Unknown option '--nope'"],
    [['--topology', 'cluster'], 2, 'there is standalone'],
    [['--instances', '0'], 2, 'expected a number from 1'],
    [['--help'], 0, 'Usage: npm start'],
  ])('answers %p with exit %i', async (args, code, text) => {
    const refused = await LarderProcess.launch({ home, args });

    expect(await refused.exited).toEqual([code, null]);
    expect(refused.output).toContain(text);
    expect(refused.output).toContain('--instances N');
  });

  it('generates nothing in production, and names what is missing', async () => {
    const refused = await LarderProcess.launch({ home, env: { NODE_ENV: 'production' } });

    expect(await refused.exited).toEqual([1, null]);
    expect(refused.output).toContain('MONGODB_URI, REDIS_URL, QUEUE_REDIS_URL, ACCESS_TOKEN_KEYS, ADMIN_PASSWORD');
  });
});
