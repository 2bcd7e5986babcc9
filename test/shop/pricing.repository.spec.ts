import { ProductNotFoundError, VersionMismatchError, type PriceEvent } from '@larder/shop';
import { ShopStore, usd } from './shop.store.js';

describe('prices in MongoDB', () => {
  let store: ShopStore;
  beforeAll(async () => void (store = await ShopStore.open(import.meta.filename)));
  afterAll(() => store.connection.close());

  const eventsOf = async (...ids: string[]): Promise<PriceEvent[]> =>
    (await store.outbox.findWaiting(10_000)).filter(({ productId }) => ids.includes(productId));

  it('sets a price and leaves one event with it', async () => {
    const id = await store.make();

    const { before, after } = await store.pricing.changePrice(id, usd(900), 1);

    expect(before?.price).toEqual(usd(1_000));
    expect(after).toMatchObject({ price: usd(900), version: 2 });
    expect(await store.products.findById(id)).toEqual(after);
    const at = after?.updatedAt;
    expect(await eventsOf(id)).toEqual([
      { id: `${id}:2`, productId: id, price: usd(900), previous: usd(1_000), at, version: 2 },
    ]);
  });

  it('succeeds with the price that is so already, without version and event', async () => {
    const id = await store.make();

    const { before, after } = await store.pricing.changePrice(id, usd(1_000));

    expect(after).toEqual(before);
    expect(await store.products.findById(id)).toMatchObject({ version: 1 });
    expect(await eventsOf(id)).toEqual([]);
  });

  it('takes the same amount in another currency for another price', async () => {
    const id = await store.make();

    await store.pricing.changePrice(id, { amount: 1_000, currency: 'SAR' });

    expect(await eventsOf(id)).toMatchObject([{ price: { amount: 1_000, currency: 'SAR' }, previous: usd(1_000) }]);
  });

  it('lets one of 100 parallel changes of one version through', async () => {
    const id = await store.make();
    const attempts = Array.from({ length: 100 }, (_, at) => store.pricing.changePrice(id, usd(2_000 + at), 1));

    const outcomes = await Promise.allSettled(attempts);

    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(won).toHaveLength(1);
    expect(lost.every(({ reason }) => reason instanceof VersionMismatchError)).toBe(true);
    expect(await store.products.findById(id)).toEqual(won[0]?.value.after);
    expect(await eventsOf(id)).toHaveLength(1);
  }, 30_000);

  it('gives 100 parallel changes without a version one version and one event each, in one chain', async () => {
    const id = await store.make();

    await Promise.all(Array.from({ length: 100 }, (_, at) => store.pricing.changePrice(id, usd(2_000 + at))));

    const events = await eventsOf(id);
    expect(events.map(({ version }) => version)).toEqual(Array.from({ length: 100 }, (_, at) => at + 2));
    expect(events.map(({ previous }) => previous).slice(1)).toEqual(events.map(({ price }) => price).slice(0, -1));
    expect(await store.products.findById(id)).toMatchObject({ version: 101, price: events.at(-1)?.price });
  }, 30_000);

  it('leaves an event when a patch changes the price, and none when it changes the rest', async () => {
    const id = await store.make();

    await store.products.change(id, { name: 'Other', price: usd(1_000) });
    await store.products.change(id, { name: 'Another', price: usd(700) });

    expect(await eventsOf(id)).toMatchObject([{ price: usd(700), version: 3 }]);
  });

  it('refuses an absent product', async () => {
    await expect(store.pricing.changePrice('nowhere', usd(1))).rejects.toThrow(ProductNotFoundError);
  });

  it('sets 1,000 prices at once, and names each that it could not set', async () => {
    const ids = Array.from({ length: 998 }, (_, at) => `bulk-${at}`);
    await store.upserts.upsertMany(ids.map((id) => ({ ...BULK, id, sku: id })));
    const updates = ids.map((productId, at) => ({
      productId,
      ...usd(at < 10 ? 1_000 : 500),
      version: at === 11 ? 9 : 1,
    }));

    const report = await store.pricing.changePrices([
      ...updates,
      { productId: 'nowhere', ...usd(1) },
      { productId: 'bulk-0', ...usd(2) },
    ]);

    expect(report).toMatchObject({ updated: 988, unchanged: 10 });
    expect(report.failed).toMatchObject([
      { productId: 'bulk-11', code: 'VERSION_MISMATCH' },
      { productId: 'nowhere', code: 'PRODUCT_NOT_FOUND' },
    ]);
    expect(report.changes).toHaveLength(988);
    const events = await eventsOf(...ids);
    expect(events).toHaveLength(988);
    expect(new Set(events.map(({ id }) => id)).size).toBe(988);
    expect(await store.products.findById('bulk-11')).toMatchObject({ version: 1, price: usd(1_000) });
    expect(await store.products.findById('bulk-12')).toEqual(
      report.changes.find(({ after }) => after?.id === 'bulk-12')?.after,
    );
  }, 30_000);

  it('applies two lines of one product in their order', async () => {
    const id = await store.make();

    const report = await store.pricing.changePrices([
      { productId: id, ...usd(800) },
      { productId: id, ...usd(700) },
      { productId: id, ...usd(700) },
    ]);

    expect(report).toMatchObject({ updated: 2, unchanged: 1, failed: [] });
    expect(await eventsOf(id)).toMatchObject([
      { price: usd(800) },
      { price: usd(700), previous: usd(800), version: 3 },
    ]);
  });

  it('loses and doubles no event when bulk and single changes meet', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => store.make()));
    const bulk = (amount: number) =>
      store.pricing.changePrices(ids.map((productId) => ({ productId, ...usd(amount) })));
    const singles = (amount: number) => ids.map((id) => store.pricing.changePrice(id, usd(amount)));

    await Promise.all([bulk(1), ...singles(2), bulk(3), ...singles(4), bulk(5)]);

    const events = await eventsOf(...ids);
    const changes = await Promise.all(ids.map(async (id) => ((await store.products.findById(id))?.version ?? 0) - 1));
    expect(events).toHaveLength(changes.reduce((sum, count) => sum + count, 0));
    expect(changes).toEqual(ids.map(() => 5));
  }, 30_000);

  it('keeps the events of a product that is removed before they are told, also when its id is made again', async () => {
    const id = await store.make();
    await store.pricing.changePrice(id, usd(1));
    await store.products.remove(id);

    expect(await eventsOf(id)).toMatchObject([{ price: usd(1), version: 2 }]);

    await store.make({ id, price: usd(9) });
    await store.pricing.changePrice(id, usd(8));
    const events = await eventsOf(id);
    expect(events.map(({ version }) => version)).toEqual([2, 4]);
  });

  it('forgets told events without a version, and only those', async () => {
    const id = await store.make();
    const gone = await store.make();
    for (const amount of [1, 2]) await store.pricing.changePrice(id, usd(amount));
    await store.pricing.changePrice(gone, usd(1));
    await store.products.remove(gone);
    const [first] = await eventsOf(id);

    await store.outbox.forget([...(first ? [first] : []), { id: `${gone}:2`, productId: gone }]);
    await store.outbox.forget([{ id: `${gone}:2`, productId: gone }]);

    expect(await eventsOf(id, gone)).toMatchObject([{ id: `${id}:3` }]);
    expect(await store.products.findById(id)).toMatchObject({ version: 3 });
  });
});

const BULK = {
  name: 'Bulk',
  category: 'Bulk',
  price: usd(1_000),
  description: '',
  categories: [],
  thumbnail: null,
  attributes: {},
};
