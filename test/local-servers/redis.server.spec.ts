import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { LocalServer, RedisOptions } from '@larder/local-servers';
import { freePort } from '@larder/local-servers';
import { Redis } from 'ioredis';
import { aRedis } from '../support/local.server.js';

describe('a local Redis', () => {
  const servers: LocalServer[] = [];
  const clients: Redis[] = [];
  const start = async (options: RedisOptions): Promise<LocalServer> => {
    const server = await aRedis(options);
    servers.push(server);
    return server;
  };
  const clientOf = ({ url }: LocalServer): Redis => {
    const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
    clients.push(client.on('error', () => undefined));
    return client;
  };
  const settingOf = async (client: Redis, name: string): Promise<unknown> =>
    ((await client.config('GET', name)) as string[])[1];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.disconnect();
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  it('forgets the least used as a cache, and keeps nothing on disk', async () => {
    const client = clientOf(await start({ role: 'cache' }));

    expect(await settingOf(client, 'maxmemory-policy')).toBe('allkeys-lfu');
    expect(await settingOf(client, 'appendonly')).toBe('no');
    expect(await settingOf(client, 'save')).toBe('');
  });

  it('has an acknowledged write of a queue after kill -9 and a restart on its own port', async () => {
    const server = await start({ role: 'queue' });
    const client = clientOf(server);
    await client.set('kept', 'yes');
    const { port, pid } = server;

    await server.kill('SIGKILL');
    expect(server.isRunning).toBe(false);
    await server.restart();

    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    expect(await client.get('kept')).toBe('yes');
    expect(await settingOf(client, 'appendfsync')).toBe('always');
    expect(await settingOf(client, 'maxmemory-policy')).toBe('noeviction');
  });

  it('answers nothing while it is stopped, and again when it is continued', async () => {
    const server = await start({ role: 'cache' });
    const client = new Redis(server.url, { commandTimeout: 100 });
    clients.push(client.on('error', () => undefined));
    await client.ping();

    await server.kill('SIGSTOP');
    await expect(client.ping()).rejects.toThrow('Command timed out');
    await server.kill('SIGCONT');

    expect(await clientOf(server).ping()).toBe('PONG');
  });

  it('stops although it is stopped by SIGSTOP', async () => {
    const server = await start({ role: 'cache' });

    await server.kill('SIGSTOP');
    await server.stop();

    expect(server.isRunning).toBe(false);
  });

  it('takes another port when the preferred one is taken', async () => {
    const taken = await freePort();
    const other = createServer().listen(taken, '127.0.0.1');
    await once(other, 'listening');

    const server = await start({ role: 'cache', port: taken });

    expect(server.port).not.toBe(taken);
    expect(await clientOf(server).ping()).toBe('PONG');
    other.close();
  });

  it('takes its throw-away folder with it', async () => {
    const server = await start({ role: 'queue' });
    expect(existsSync(server.dir)).toBe(true);

    await server.stop();

    expect(existsSync(server.dir)).toBe(false);
  });

  it('says why it did not start, in its own words', async () => {
    await expect(start({ role: 'cache', args: ['--no-such-setting', '1'] })).rejects.toThrow(
      /"cache" did not start.*no-such-setting/s,
    );
  });

  it('lists the routes that were tried when no program is found', async () => {
    const missing = '/no/such/redis-server';

    await expect(start({ role: 'cache', binary: missing })).rejects.toMatchObject({
      code: 'LOCAL_SERVERS_BINARY_NOT_FOUND',
      tried: [{ route: missing, outcome: 'not there' }],
      message: expect.stringContaining('set REDIS_URL') as string,
    });
  });
});
