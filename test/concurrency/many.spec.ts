import type { LocalServer } from '@larder/local-servers';
import { aRedis } from '../support/local.server.js';
import { aGate, aNode, closeNodes } from '../support/nodes.js';
import { aRegionOf, type ById } from '../support/regions.js';

let redis: LocalServer;
const all = ['a', 'b', 'a', 'c', 'b'].map((id) => ({ id }));

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(closeNodes);
afterAll(() => redis.stop());

const unused = (): Promise<never> => Promise.reject(new Error('It should have been loaded with the others.'));

describe('many values that are read together', () => {
  it('are not kept where they were invalidated meanwhile, and the others are', async () => {
    const region = aRegionOf<number>();
    const [reader, writer] = [await aNode(redis.url), await aNode(redis.url)];
    const [begun, gate] = [aGate(), aGate()];
    reader.register(region, unused, async (list: readonly ById[]) => {
      begun.open();
      await gate.opened;
      return list.map(() => 1);
    });

    const read = reader.readMany(region, all);
    await begun.opened;
    await writer.invalidate(region, { id: 'b' });
    gate.open();

    expect(await read).toEqual([1, 1, 1, 1, 1]);
    const next = ['a', 'b', 'c'].map((id) => writer.read(region, { id }, () => Promise.resolve(2)));
    expect(await Promise.all(next)).toEqual([1, 2, 1]);
  });

  it.each<[string, (list: readonly ById[]) => Promise<number[]>, RegExp]>([
    ['fewer than asked for', (list) => Promise.resolve(list.slice(1).map(() => 1)), /undefined/],
    ['an error', () => Promise.reject(new Error('no such table')), /no such table/],
  ])('fail together when their loader brings %s, and may be loaded again at once', async (_what, many, message) => {
    const region = aRegionOf<number>();
    const node = await aNode(redis.url);
    node.register(region, unused, many);

    await expect(node.readMany(region, all)).rejects.toThrow(message);

    const startedAt = performance.now();
    expect(await node.read(region, { id: 'c' }, () => Promise.resolve(2))).toBe(2);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('are loaded once each, though two read overlapping lists and one reads alone', async () => {
    const region = aRegionOf<string>();
    const nodes = [await aNode(redis.url), await aNode(redis.url)];
    const loaded: string[] = [];
    const load = async (list: readonly ById[]): Promise<string[]> => {
      loaded.push(...list.map(({ id }) => id));
      await new Promise((resolve) => setTimeout(resolve, 50)); // the others come in the middle
      return list.map(({ id }) => `value ${id}`);
    };
    for (const node of nodes) node.register(region, async (one) => (await load([one]))[0] ?? '', load);

    const [one, other] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
    const values = await Promise.all([
      one.readMany(region, all),
      other.readMany(region, all),
      other.read(region, { id: 'c' }),
    ]);

    expect(values[0]).toEqual(all.map(({ id }) => `value ${id}`));
    expect(values).toEqual([values[0], values[0], 'value c']);
    expect(loaded.sort()).toEqual(['a', 'b', 'c']);
  });
});
