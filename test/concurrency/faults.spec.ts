import { Cache, connectRedis } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import type { Redis } from 'ioredis';
import { aRedis } from '../support/local.server.js';
import { aGate, aNode, closeNodes } from '../support/nodes.js';
import { aRegionOf } from '../support/regions.js';
import { until } from '../support/until.js';

const CALLERS = 200;

let redis: LocalServer;
let client: Redis;

beforeEach(async () => {
  redis = await aRedis({ role: 'cache' });
  client = connectRedis(redis.url, { role: 'commands', deadlineMs: 2_000 });
  await until(() => client.status === 'ready', { withinMs: 2_000 });
});
afterEach(async () => {
  await closeNodes();
  client.disconnect();
  await redis.stop();
});

/** Callers that read these keys for ever, until told to stop; an error ends the test. */
const crowd = (
  nodes: readonly Cache[],
  read: (node: Cache, id: string) => Promise<unknown>,
  ids: readonly string[],
) => {
  const stopping = new AbortController();
  let answers = 0;
  const one = async (at: number): Promise<void> => {
    for (let turn = at; !stopping.signal.aborted; turn += 1) {
      await read(nodes[turn % nodes.length] as Cache, ids[turn % ids.length] as string);
      answers += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const all = Promise.all(Array.from({ length: CALLERS }, (_, at) => one(at)));
  return {
    answered: async (count: number) => {
      const enough = answers + count;
      await Promise.race([until(() => answers >= enough, { withinMs: 20_000 }), all]);
    },
    end: () => {
      stopping.abort();
      return all;
    },
  };
};

describe('a crowd that reads', () => {
  it('hears of no error when everything is flushed, and loads each key once more at most', async () => {
    const region = aRegionOf<number>();
    const nodes = [await aNode(redis.url), await aNode(redis.url)];
    const ids = Array.from({ length: 20 }, (_, at) => String(at));
    const loads = new Map<string, number>();
    const read = (node: Cache, id: string): Promise<number> =>
      node.read(region, { id }, () => {
        loads.set(id, (loads.get(id) ?? 0) + 1);
        return Promise.resolve(1);
      });
    const readers = crowd(nodes, read, ids);
    await readers.answered(2_000);
    expect([...loads.values()]).toEqual(ids.map(() => 1));

    await client.flushall();
    await readers.answered(5_000);
    await readers.end();

    expect(Math.max(...loads.values())).toBeLessThanOrEqual(2);
  });

  it.each(['killed and restarted empty', 'frozen'])('hears of no error when Redis is %s', async (fault) => {
    const region = aRegionOf<number>();
    const [one, other] = [await aNode(redis.url), await aNode(redis.url)];
    let source = 1;
    const ids = Array.from({ length: 20 }, (_, at) => String(at));
    const read = (node: Cache, id: string): Promise<number> => node.read(region, { id }, () => Promise.resolve(source));
    const readers = crowd([one, other], read, ids);
    await readers.answered(2_000);

    await redis.kill(fault === 'frozen' ? 'SIGSTOP' : 'SIGKILL');
    source = 2;
    await Promise.all(ids.map((id) => one.invalidate(region, { id })));
    await readers.answered(2_000);
    await (fault === 'frozen' ? redis.kill('SIGCONT') : redis.restart());
    await until(() => [one, other].every((node) => node.isAvailable && node.busLagMs < 250), { withinMs: 10_000 });
    await until(() => one.unsentInvalidations === 0, { withinMs: 5_000 });
    const sentAt = performance.now();
    await until(() => performance.now() - other.busLagMs > sentAt, { withinMs: 5_000 });

    const values = await Promise.all([one, other].flatMap((node) => ids.map((id) => read(node, id))));
    expect(new Set(values)).toEqual(new Set([2]));
    await readers.answered(1_000);
    await readers.end();
  });
});

describe('a bus whose connection is cut', () => {
  it('11 times misses none of what is said', async () => {
    const region = aRegionOf<number>();
    const [reader, writer] = [await aNode(redis.url), await aNode(redis.url)];
    const heard = new Set<string>();
    let [gaps, cuts] = [0, 0];
    reader.events.on('invalidated', ({ key = '', own }) => {
      if (!own) heard.add(key);
    });
    reader.events.on('gap', () => (gaps += 1));
    const said: string[] = [];
    for (let cut = 0; cut < 11; cut += 1) {
      let following: string[] = [];
      await until(
        async () => {
          const clients = String(await client.client('LIST'));
          following = [...clients.matchAll(/^id=(\d+) .*cmd=xread/gm)].map(([, id = '']) => id);
          return following.length === 2;
        },
        { withinMs: 5_000 },
      );
      const killed = await Promise.all(following.map((id) => client.client('KILL', 'ID', id)));
      cuts += killed.length;
      const names = Array.from({ length: 100 }, (_, at) => `${cut}-${at}`);
      said.push(...names);
      await Promise.all(names.map((id) => writer.invalidate(region, { id })));
      const answeredAt = performance.now();
      await until(() => performance.now() - reader.busLagMs > answeredAt, { withinMs: 5_000 });
    }

    expect(said.filter((id) => ![...heard].some((key) => key.endsWith(`:${id}`)))).toEqual([]);
    expect(said).toHaveLength(1_100);
    expect(gaps).toBe(0);
    expect(cuts).toBe(22); // the reader's and the writer's own
  });
});

describe('a process that starts while Redis is away', () => {
  it('answers from the source, and from Redis once it is there', async () => {
    const region = aRegionOf<number>();
    await redis.kill('SIGKILL');
    const node = new Cache({ redisUrl: redis.url });

    expect(await node.read(region, { id: 'a' }, () => Promise.resolve(1))).toBe(1);
    await node.invalidate(region, { id: 'a' });
    expect(node.unsentInvalidations).toBe(1);

    await redis.restart();
    await until(() => node.isAvailable && node.busLagMs < 250, { withinMs: 10_000 });
    expect(node.unsentInvalidations).toBe(0);
    await node.read(region, { id: 'a' }, () => Promise.resolve(2));
    expect(await node.read(region, { id: 'a' }, () => Promise.resolve(3))).toBe(2);
    await node.close();
  });
});

describe('a loader', () => {
  it('is run once for its error, whatever that looks like', async () => {
    const node = await aNode(redis.url, { near: false });
    const region = aRegionOf<number>();
    const failures = [
      Object.assign(new Error('away'), { code: 'CACHE_STORE_UNAVAILABLE' }),
      Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' }),
      await aFailureOf(node),
    ];
    for (const [at, failure] of failures.entries()) {
      let runs = 0;
      const fail = (): Promise<number> => {
        runs += 1;
        return Promise.reject(failure);
      };
      await expect(node.read(region, { id: String(at) }, fail)).rejects.toBe(failure);
      node.register(region, fail, () => fail() as never);
      await expect(node.readMany(region, [{ id: `${at} a` }, { id: `${at} b` }])).rejects.toBe(failure);
      expect(runs).toBe(2);
    }
  });

  it('that throws at once, hangs or brings 10 MB does no harm', async () => {
    const node = await aNode(redis.url);
    const region = aRegionOf<string>({ hardTimeoutMs: 100 });
    const never = aGate();

    await expect(
      node.read(region, { id: 'throws' }, () => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    await expect(node.read(region, { id: 'hangs' }, () => never.opened.then(() => ''))).rejects.toThrow('100 ms');
    const large = await node.read(region, { id: 'large' }, () => Promise.resolve('x'.repeat(10_000_000)));

    expect(large).toHaveLength(10_000_000);
    for (const id of ['throws', 'hangs', 'large'])
      expect(await node.read(region, { id }, () => Promise.resolve('next'))).toBe('next');
  });
});

/** The cache's own error, as a loader that reads another region would throw it. */
const aFailureOf = async (node: Cache): Promise<Error> => {
  const refused = aRegionOf<number>();
  return node.read(refused, { id: 'x' }).then(
    () => new Error('It has read without a loader.'),
    (error: unknown) => error as Error,
  );
};
