import { defineRegion, minutes, observeReads, trackPosition } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { aBusRelay, type BusRelay } from '../support/bus.relay.js';
import { aRedis } from '../support/local.server.js';
import { aNode, closeNodes } from '../support/nodes.js';
import { until } from '../support/until.js';

const region = defineRegion<{ id: string }, number>({
  name: 'positioned',
  version: 1,
  key: ({ id }) => id,
  ttlMs: minutes(10),
  earlyRefresh: 0,
  consistency: { level: 'bounded', ms: 5_000 },
});

describe('the position of a write', () => {
  let redis: LocalServer;
  let relay: BusRelay;
  beforeAll(async () => {
    redis = await aRedis({ role: 'cache' });
    relay = await aBusRelay(redis.url);
  });
  afterAll(async () => {
    await closeNodes();
    await relay.close();
    await redis.stop();
  });

  it('shows the write to a node that has not heard of it yet', async () => {
    const [reader, writer] = [await aNode(relay.url), await aNode(redis.url)];
    let source = 1;
    const load = (): Promise<number> => Promise.resolve(source);
    const read = (): Promise<number> => reader.read(region, { id: 'a' }, load);
    await read();
    relay.hold();

    source = 2;
    const { position } = await trackPosition(() => writer.invalidate(region, { id: 'a' }));

    const { result, reads } = await observeReads(read);
    expect({ result, reads }).toMatchObject({ result: 1, reads: [{ outcome: 'hit', tier: 'near' }] });
    expect(await reader.atLeast(position(), read)).toBe(2);
    relay.release();
    await until(async () => (await read()) === 2, { withinMs: 250 });
  });
});
