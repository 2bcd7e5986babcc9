import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalServer, LocalServersOptions } from '@larder/local-servers';
import { freePort, isListening, LocalServers } from '@larder/local-servers';
import { Redis } from 'ioredis';
import { aRedis, BINARIES } from '../support/local.server.js';
import { until } from '../support/until.js';

const GIVEN = { MONGODB_URI: 'mongodb://127.0.0.1:1/given?replicaSet=given', REDIS_URL: 'redis://127.0.0.1:1' };

const answers = async (url: string, ask: (client: Redis) => Promise<unknown>): Promise<unknown> => {
  const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  try {
    return await ask(client);
  } finally {
    client.disconnect();
  }
};

describe('the local servers of a home', () => {
  let home: string;
  let running: LocalServers[] = [];
  const start = async (options: Partial<LocalServersOptions> = {}): Promise<LocalServers> => {
    const servers = await LocalServers.start({ home, binaries: BINARIES, isThrowAway: true, ...options });
    running.push(servers);
    return servers;
  };
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'larder-home-spec-'));
  });
  afterEach(async () => {
    await Promise.all(running.map((servers) => servers.stop()));
    running = [];
    await rm(home, { recursive: true, force: true });
  });

  it('are all three, with a URL and a process each', async () => {
    const { records, env } = await start();

    expect(records.map(({ role }) => role)).toEqual(['mongodb', 'cache', 'queue']);
    expect(Object.values(env)).toEqual(records.map(({ url }) => url));
    for (const { pid } of records) expect(() => process.kill(pid, 0)).not.toThrow();
  });

  it('are only those that are not given', async () => {
    const { records, env } = await start({ given: GIVEN });

    expect(records).toHaveLength(1);
    expect(env).toEqual({ ...GIVEN, QUEUE_REDIS_URL: records[0]?.url });
  });

  it('come back on the same ports with the same data', async () => {
    const first = await start({ given: GIVEN });
    await answers(first.env.QUEUE_REDIS_URL, (client) => client.set('kept', 'yes'));
    await first.stop();

    const second = await start({ given: GIVEN });

    expect(second.env).toEqual(first.env);
    expect(await answers(second.env.QUEUE_REDIS_URL, (client) => client.get('kept'))).toBe('yes');
  });

  it('start again by themselves, on their own port and data, when one is killed', async () => {
    const servers = await start({ given: GIVEN });
    const url = servers.env.QUEUE_REDIS_URL;
    const pid = servers.records[0]?.pid ?? 0;
    await answers(url, (client) => client.set('kept', 'yes'));
    let restarts = 0;
    servers.keepAlive(() => restarts++);

    process.kill(pid, 'SIGKILL');
    await until(() => restarts === 1, { withinMs: 5_000 });

    expect(servers.records[0]).toMatchObject({ url });
    expect(servers.records[0]?.pid).not.toBe(pid);
    expect(await answers(url, (client) => client.get('kept'))).toBe('yes');
  });

  it('take over from a server that a killed owner left on the same port and data', async () => {
    const dir = join(home, 'data', 'queue');
    await mkdir(dir, { recursive: true });
    const left = await aRedis({ role: 'queue', dir, port: await freePort() });
    await writeFile(join(home, 'ports.json'), JSON.stringify({ queue: left.port }));
    await answers(left.url, (client) => client.set('kept', 'yes'));

    const { env } = await start({ given: GIVEN });

    expect(left.isRunning).toBe(false);
    expect(env.QUEUE_REDIS_URL).toBe(left.url);
    expect(await answers(env.QUEUE_REDIS_URL, (client) => client.get('kept'))).toBe('yes');
  });

  it("leave a server alone that is somebody else's, and take another port", async () => {
    const other: LocalServer = await aRedis({ role: 'queue' });
    await writeFile(join(home, 'ports.json'), JSON.stringify({ queue: other.port }));

    const { env } = await start({ given: GIVEN });

    expect(env.QUEUE_REDIS_URL).not.toBe(other.url);
    expect(await isListening(other.port)).toBe(true);
    await other.stop();
  });
});
