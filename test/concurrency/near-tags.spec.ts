import { minutes } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { SharedStore } from '../../libs/caching/src/stores/shared.store.js';
import { aRedis } from '../support/local.server.js';
import { aGate, aNode, closeNodes } from '../support/nodes.js';
import { aRegionOf } from '../support/regions.js';
import { until } from '../support/until.js';

let redis: LocalServer;
const { fill } = SharedStore.prototype;

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(async () => {
  SharedStore.prototype.fill = fill;
  await closeNodes();
});
afterAll(() => redis.stop());

/** Holds back the answers to fills that Redis has carried out already. */
const withAnswersHeld = (): { filled: Promise<void>; release: () => void } => {
  const [filled, answered] = [aGate(), aGate()];
  SharedStore.prototype.fill = async function (this: SharedStore, ...args) {
    const isKept = await fill.apply(this, args);
    filled.open();
    await answered.opened;
    return isKept;
  };
  return { filled: filled.opened, release: answered.open };
};

describe('a near copy whose tag is removed between the fill and its answer', () => {
  it('is not made, though the tag came from the loader', async () => {
    const region = aRegionOf<number>();
    const [reader, writer] = [await aNode(redis.url), await aNode(redis.url)];
    const held = withAnswersHeld();
    const read = reader.read(region, { id: 'a' }, (_params, context) => {
      context.keep({ tags: ['of-loader'] });
      return Promise.resolve(1);
    });
    await held.filled;
    await writer.invalidateTags(['of-loader']);
    const answeredAt = performance.now();
    await until(() => performance.now() - reader.busLagMs > answeredAt, { withinMs: 2_000 });
    held.release();

    expect(await read).toBe(1);
    expect(await reader.read(region, { id: 'a' }, () => Promise.resolve(2))).toBe(2);
  });

  it('is not made by a refresh in the background', async () => {
    const region = aRegionOf<number>({ ttlMs: 30, staleWhileRevalidateMs: minutes(1), tags: () => ['of-refresh'] });
    const [reader, writer] = [await aNode(redis.url), await aNode(redis.url)];
    let loads = 0;
    const load = (_params: unknown, context: { keep: (keeping: { ttlMs: number }) => void }): Promise<number> => {
      if (loads > 0) context.keep({ ttlMs: minutes(10) });
      return Promise.resolve((loads += 1));
    };
    await writer.read(region, { id: 'a' }, load);
    await until(async () => (await writer.administration.entry(region.name, 'a')).served === 'stale', {
      withinMs: 2_000,
    });
    const held = withAnswersHeld();
    expect(await reader.read(region, { id: 'a' }, load)).toBe(1);
    await held.filled;
    await writer.invalidateTags(['of-refresh']);
    const answeredAt = performance.now();
    await until(() => performance.now() - reader.busLagMs > answeredAt, { withinMs: 2_000 });
    held.release();
    await until(() => reader.regions.of(region).refreshing.size === 0, { withinMs: 2_000 });

    expect(await reader.read(region, { id: 'a' }, load)).toBe(3);
  });
});
