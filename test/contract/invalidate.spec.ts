import type { LocalServer } from '@larder/local-servers';
import { Redis } from 'ioredis';
import type { Envelope } from '../../libs/caching/src/region/envelope.js';
import { type Dropped, SharedStore } from '../../libs/caching/src/stores/shared.store.js';
import { partitionOf, redisKeys } from '../../libs/caching/src/topology/partitions.js';
import { SharedConnection } from '../../libs/caching/src/topology/shared-connection.js';
import { aRedis } from '../support/local.server.js';
import { randomFrom, seedOfRun } from '../support/random.js';
import { until } from '../support/until.js';

const ROUNDS = 40;
const NAMES = 60;
/** Names of this partition alone, as one script takes them. */
const PARTITION = 7;

/** A shared store on a Redis of its own, and what stands in that. */
class Kept {
  readonly client: Redis;
  readonly store: SharedStore;
  readonly connection: SharedConnection;

  constructor(readonly redis: LocalServer) {
    this.client = new Redis(redis.url);
    this.connection = new SharedConnection(redis.url, 2_000, () => undefined);
    this.store = new SharedStore(this.connection, 'node');
  }

  /** Envelope, whether there is a lease, and the bound of the ticket, of each name. */
  async stateOf(names: readonly string[]): Promise<unknown[]> {
    const stateOf = async (name: string): Promise<unknown> => [
      name,
      await this.client.get(redisKeys.envelope(name)),
      await this.client.exists(redisKeys.lease(name)),
      (await this.client.get(redisKeys.ticket(name)))?.split(' ')[1],
      (await this.client.pttl(redisKeys.ticket(name))) > 0,
    ];
    return Promise.all(names.map(stateOf));
  }

  /** What the bus says, without ids; each entry names the one before it, and the last is the end. */
  async bus(): Promise<{ said: string[][]; isChained: boolean; end: string | null }> {
    const entries = await this.client.xrange(redisKeys.bus(PARTITION), '-', '+');
    const end = await this.client.get(redisKeys.end(PARTITION));
    const before = (fields: string[]): string | undefined => fields[fields.indexOf('b') + 1];
    const isChained = entries.every(([, fields], at) => before(fields) === (entries[at - 1]?.[0] ?? ''));
    const said = entries.map(([, fields]) => fields.filter((_, at) => fields[at - (at % 2)] !== 'b'));
    return { said, isChained: isChained && entries.at(-1)?.[0] === end, end };
  }

  async close(): Promise<void> {
    this.client.disconnect();
    this.connection.close();
    await this.redis.stop();
  }
}

let singly: Kept;
let together: Kept;

beforeAll(async () => {
  [singly, together] = await Promise.all([aRedis({ role: 'cache' }), aRedis({ role: 'cache' })]).then(
    ([one, other]) => [new Kept(one), new Kept(other)] as const,
  );
  for (const { connection } of [singly, together]) await until(() => connection.isAvailable, { withinMs: 5_000 });
});
afterAll(() => Promise.all([singly.close(), together.close()]));

const namesOf = (): string[] => {
  const names: string[] = [];
  for (let at = 0; names.length < NAMES; at += 1) if (partitionOf(`r.1:${at}`) === PARTITION) names.push(`r.1:${at}`);
  return names;
};

const anEnvelope = (version: number): Envelope => {
  const body = Buffer.from(String(version));
  const times = { freshUntil: 60_000, staleUntil: 0, errorUntil: 0, writtenAt: 0, costMs: 0 };
  return { version, validator: 'v', tags: [], body, ...times };
};

/** Brings both stores into one state: values of some versions, loads and writes under way, some with a bound. */
const prepare = async (names: readonly string[], random: () => number): Promise<void> => {
  await Promise.all([singly, together].map(({ client }) => client.flushall()));
  for (const name of names) {
    const [version, bound] = [Math.floor(random() * 5), Math.floor(random() * 5)];
    const [isKept, isLoading, isWriting, isBounded] = [random() < 0.7, random() < 0.5, random() < 0.5, random() < 0.5];
    for (const { store } of [singly, together]) {
      if (isKept) {
        const lease = await store.lease(name);
        if (lease.kind === 'granted') await store.fill(name, lease.token, anEnvelope(version));
      }
      if (isLoading) await store.lease(name, isKept ? await store.read(name) : undefined);
      if (isWriting) await store.ticket(name);
      if (isWriting && isBounded) await store.remove(name, { below: bound });
    }
  }
};

describe('one order for many names', () => {
  it('leaves behind what an order for each of them leaves behind', async () => {
    const seed = seedOfRun();
    const random = randomFrom(seed);
    const names = namesOf();
    for (let round = 0; round < ROUNDS; round += 1) {
      await prepare(names, random);
      const before = await singly.stateOf(names);
      expect(await together.stateOf(names)).toEqual(before);
      const count = 1 + Math.floor(random() * NAMES);
      const dropped = Array.from({ length: count }, (): Dropped => {
        const name = names[Math.floor(random() * NAMES)] as string; // some of them twice
        return { name, below: Math.floor(random() * 6) };
      });

      let position = '';
      for (const { name, below } of dropped) position = await singly.store.remove(name, { below });
      const positionOfAll = await together.store.removeAll(dropped);

      const [one, other] = [await singly.bus(), await together.bus()];
      expect({ seed, round, state: await together.stateOf(names), said: other.said }).toEqual({
        seed,
        round,
        state: await singly.stateOf(names),
        said: one.said,
      });
      expect([one.isChained, other.isChained, one.end, other.end]).toEqual([true, true, position, positionOfAll]);
    }
  }, 60_000);

  it('may not name keys of several partitions', async () => {
    const [name = ''] = namesOf();
    const elsewhere = `${name}-elsewhere`;
    expect(partitionOf(elsewhere)).not.toBe(PARTITION);
    const mixed = [name, elsewhere].map((one) => ({ name: one, below: 0 }));
    await expect(together.store.removeAll(mixed)).rejects.toThrow(RangeError);
  });
});
