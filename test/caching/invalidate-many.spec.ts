import { defineRegion, minutes, observeReads, type Cache, type Region } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { trackPosition } from '../../libs/caching/src/coherence/position.js';
import { aRedis } from '../support/local.server.js';
import { aGate, aNode, closeNodes } from '../support/nodes.js';
import { until } from '../support/until.js';

const MANY = 10_000;
const WITHIN = { withinMs: 10_000 };
type Numbers = Region<{ id: string }, number>;

let redis: LocalServer;
let serial = 0;
const aRegion = (): Numbers =>
  defineRegion<{ id: string }, number>({
    name: `many-${(serial += 1)}`,
    version: 1,
    key: ({ id }) => id,
    ttlMs: minutes(10),
    versionOf: (value) => value,
  });
const idsOf = (count: number): { id: string }[] => Array.from({ length: count }, (_, at) => ({ id: `id-${at}` }));
const readAll = (node: Cache, region: Numbers, ids: readonly { id: string }[], value: number): Promise<number[]> =>
  Promise.all(ids.map((params) => node.read(region, params, () => Promise.resolve(value))));
const tiersOf = async (node: Cache, region: Numbers, ids: readonly { id: string }[]): Promise<Set<string>> => {
  const { reads } = await observeReads(() => readAll(node, region, ids, 2));
  return new Set(reads.map(({ tier }) => tier));
};

beforeEach(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(async () => {
  await closeNodes();
  await redis.stop();
});

describe('many values that are invalidated at once', () => {
  it('are dropped on every node, and voided in every load under way', async () => {
    const region = aRegion();
    const ids = idsOf(300);
    const [writer, other] = [await aNode(redis.url), await aNode(redis.url)];
    for (const node of [writer, other]) await readAll(node, region, ids, 1);
    const { opened, open } = aGate();
    const late = { id: 'late' };
    let begun = false;
    const loading = other.read(region, late, async () => {
      begun = true;
      await opened;
      return 1;
    });
    await until(() => begun, WITHIN);

    const { position } = await trackPosition(() => writer.invalidate(region, [...ids, late, ...ids]));
    open();
    await loading;

    const seen = await other.atLeast(position(), () => readAll(other, region, [...ids, late], 2));
    expect(new Set(seen)).toEqual(new Set([2]));
    expect(new Set(await readAll(writer, region, [...ids, late], 3))).toEqual(new Set([2]));
    expect(other.administration.describe(region.name).counters.refusedFills).toBe(1);
    expect(writer.administration.describe(region.name).counters.invalidations).toBe(601);
  });

  it('are spared each by a version of its own', async () => {
    const region = aRegion();
    const node = await aNode(redis.url);
    const ids = idsOf(100);
    await Promise.all(ids.map((params, at) => node.read(region, params, () => Promise.resolve(at + 1))));

    await node.invalidateEach(
      region,
      ids.map((params, at) => ({ params, below: at % 2 === 0 ? at + 1 : at + 2 })),
    );

    const after = await Promise.all(ids.map((params) => node.read(region, params, () => Promise.resolve(1_000))));
    expect(after).toEqual(ids.map((_, at) => (at % 2 === 0 ? at + 1 : 1_000)));
  });

  it('are heard of by the others within their bound and without a gap, ten thousand of them', async () => {
    const region = aRegion();
    const [writer, other] = [await aNode(redis.url), await aNode(redis.url)];
    const ids = idsOf(MANY);
    const some = ids.filter((_, at) => at % 100 === 0);
    await readAll(other, region, some, 1);
    const heard = new Set<string>();
    const troubles: object[] = [];
    other.events.on('invalidated', ({ key }) => heard.add(key ?? ''));
    other.events.on('gap', (gap) => troubles.push(gap));
    writer.events.on('fault', (fault) => troubles.push(fault));

    await writer.invalidate(region, ids);

    expect(writer.unsentInvalidations).toBe(0); // each script was answered within the deadline
    await until(() => heard.size === MANY, WITHIN);
    expect(troubles).toEqual([]);
    expect(await tiersOf(other, region, some)).toEqual(new Set(['source']));
  }, 30_000);

  it('wait, each once, while the shared store is away, and are sent before it is trusted again', async () => {
    const region = aRegion();
    // a busy machine may take a while for 1,500 reads at once: none of them is to go past the store
    const patient = { deadlineMs: 2_000 };
    const [writer, other] = [await aNode(redis.url, patient), await aNode(redis.url, patient)];
    const ids = idsOf(1_500);
    await readAll(other, region, ids, 1);
    await redis.kill('SIGSTOP'); // what it keeps is still there afterwards

    await writer.invalidate(region, ids);
    await writer.invalidate(region, ids.slice(0, 700), { below: 1 });
    expect(writer.unsentInvalidations).toBe(1_500);

    await redis.kill('SIGCONT');
    await until(() => writer.isAvailable && other.isAvailable && other.busLagMs < 250, WITHIN);
    expect(writer.unsentInvalidations).toBe(0);
    expect(new Set(await readAll(writer, region, ids, 2))).toEqual(new Set([2]));
    await until(async () => new Set(await readAll(other, region, ids, 2)).size === 1, WITHIN);
    expect(new Set(await readAll(other, region, ids, 3))).toEqual(new Set([2]));
  }, 30_000);
});
