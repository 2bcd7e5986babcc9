import { afterCommit, observeReads } from '@larder/caching';
import type { LocalServer } from '@larder/local-servers';
import { aRedis } from '../support/local.server.js';
import { aNode, closeNodes } from '../support/nodes.js';
import { aRegionOf } from '../support/regions.js';

interface Versioned {
  readonly version: number;
}

let redis: LocalServer;
const of = (version: number) => (): Promise<Versioned> => Promise.resolve({ version });

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(closeNodes);
afterAll(() => redis.stop());

describe('a written value', () => {
  it('is kept though there was none, when nothing was said since its write began', async () => {
    const region = aRegionOf<Versioned>({ versionOf: ({ version }) => version });
    const node = await aNode(redis.url);

    const ticket = await node.ticket(region, { id: 'a' });
    await node.write(region, { id: 'a' }, { version: 1 }, { ticket });

    const { result, reads } = await observeReads(() => node.read(region, { id: 'a' }, of(2)));
    expect(result).toEqual({ version: 1 });
    expect(reads).toMatchObject([{ outcome: 'hit', tier: 'shared' }]);
  });

  it.each([true, false])(
    'is not kept when a later write was invalidated before it came (versions: %p)',
    async (isVersioned) => {
      const region = aRegionOf<Versioned>(isVersioned ? { versionOf: ({ version }) => version } : {});
      const [slow, fast] = [await aNode(redis.url), await aNode(redis.url)];
      await fast.read(region, { id: 'a' }, of(0));

      const ticket = await slow.ticket(region, { id: 'a' }); // the source becomes 1
      await fast.invalidate(region, { id: 'a' }); // the source has become 2
      await slow.write(region, { id: 'a' }, { version: 1 }, { ticket });

      expect(await fast.read(region, { id: 'a' }, of(2))).toEqual({ version: 2 });
    },
  );

  it('is not kept over a known absence that came after it', async () => {
    const region = aRegionOf<Versioned | null>({ versionOf: ({ version }) => version });
    const [slow, fast] = [await aNode(redis.url), await aNode(redis.url)];

    const ticket = await slow.ticket(region, { id: 'a' });
    await fast.invalidate(region, { id: 'a' });
    await fast.read(region, { id: 'a' }, () => Promise.resolve(null));
    await slow.write(region, { id: 'a' }, { version: 1 }, { ticket });

    expect(await fast.read(region, { id: 'a' }, () => Promise.resolve(null))).toBeNull();
  });

  it('of two at once without versions is neither', async () => {
    const region = aRegionOf<Versioned>();
    const [one, other] = [await aNode(redis.url), await aNode(redis.url)];

    const ticket = await one.ticket(region, { id: 'a' });
    const ticketOfOther = await other.ticket(region, { id: 'a' });
    await other.write(region, { id: 'a' }, { version: 2 }, { ticket: ticketOfOther });
    await one.write(region, { id: 'a' }, { version: 1 }, { ticket });

    expect(await one.read(region, { id: 'a' }, of(2))).toEqual({ version: 2 });
  });

  it('stays when its own change is heard of by another way', async () => {
    const region = aRegionOf<Versioned>({ versionOf: ({ version }) => version });
    const [writer, watcher] = [await aNode(redis.url), await aNode(redis.url)];

    const ticket = await writer.ticket(region, { id: 'a' });
    await watcher.invalidate(region, { id: 'a' }, { below: 1 });
    await writer.write(region, { id: 'a' }, { version: 1 }, { ticket });
    await watcher.invalidate(region, { id: 'a' }, { below: 1 });

    expect(await writer.read(region, { id: 'a' }, of(9))).toEqual({ version: 1 });
  });

  it('of a transaction is not kept, whether it is committed or not', async () => {
    const region = aRegionOf<Versioned>({ versionOf: ({ version }) => version });
    const node = await aNode(redis.url);
    await node.read(region, { id: 'a' }, of(1));

    await afterCommit(() => node.write(region, { id: 'a' }, { version: 2 }));

    expect(await node.read(region, { id: 'a' }, of(3))).toEqual({ version: 3 });
  });
});
