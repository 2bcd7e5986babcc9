import { randomUUID } from 'node:crypto';
import {
  ProductDraft,
  ProductExistsError,
  ProductNotFoundError,
  SkuTakenError,
  VersionMismatchError,
} from '@larder/shop';
import { aDraft, ShopStore, usd } from './shop.store.js';

describe('products in MongoDB', () => {
  let store: ShopStore;
  beforeAll(async () => void (store = await ShopStore.open(import.meta.filename)));
  afterAll(() => store.connection.close());

  const countOf = async (slug: string): Promise<number | undefined> =>
    (await store.categories.findBySlug(slug))?.productCount;

  it('makes a product with its stock, and its categories with their first product', async () => {
    const id = await store.make({ category: 'Café & Bar', categories: ['Outdoor', 'café bar'], stock: 7 });

    const product = await store.products.findById(id);
    expect(product).toMatchObject({
      id,
      category: 'cafe-bar',
      categories: ['cafe-bar', 'outdoor'],
      version: 1,
      description: '',
    });
    expect(await store.inventory.findById(id)).toMatchObject({ onHand: 7, reserved: 0, available: 7, version: 1 });
    expect(await store.categories.findBySlug('cafe-bar')).toEqual({
      slug: 'cafe-bar',
      name: 'Café & Bar',
      productCount: 1,
    });
    expect(await countOf('outdoor')).toBe(1);
  });

  it('keeps the name that a category first came with', async () => {
    await store.make({ category: 'Büro' });
    await store.make({ category: 'BURO' });

    expect(await store.categories.findBySlug('buro')).toEqual({ slug: 'buro', name: 'Büro', productCount: 2 });
  });

  it('refuses an id and a sku that are in use, and leaves nothing of the attempt', async () => {
    const id = await store.make({ category: 'Taken' });

    await expect(store.make({ id, sku: randomUUID(), category: 'Taken' })).rejects.toThrow(ProductExistsError);
    await expect(store.make({ sku: `sku-${id}`, category: 'Taken' })).rejects.toThrow(SkuTakenError);

    expect(await countOf('taken')).toBe(1);
    expect(await store.stocks.countDocuments()).toBe(await store.documents.countDocuments());
  });

  it('gives an id to one of 20 who make it at once', async () => {
    const id = randomUUID();
    const attempts = Array.from({ length: 20 }, () => store.make({ id, category: 'Contested' }));

    const outcomes = await Promise.allSettled(attempts);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refusals.map(({ reason }) => (reason as Error).name)).toEqual(Array(19).fill('ProductExistsError'));
    expect(await countOf('contested')).toBe(1);
  }, 30_000);

  it('counts 60 products that are made at once in a category that none was in', async () => {
    await Promise.all(Array.from({ length: 60 }, () => store.make({ category: 'Crowded' })));

    expect(await countOf('crowded')).toBe(60);
  }, 30_000);

  it('changes only the fields given, text that looks like an expression included', async () => {
    const id = await store.make({ attributes: { width: 3 } });

    const { before, after } = await store.products.change(id, {
      name: '$version',
      attributes: { z: true, a: '$$ROOT' },
    });

    expect(before).toMatchObject({ version: 1, attributes: { width: 3 } });
    expect(after).toMatchObject({
      version: 2,
      name: '$version',
      attributes: { a: '$$ROOT', z: true },
      price: usd(1_000),
    });
    expect(await store.products.findById(id)).toEqual(after);
  });

  it('succeeds with what is so already, and raises no version', async () => {
    const id = await store.make({ attributes: { a: 1, b: 2 }, thumbnail: null });
    const before = await store.products.findById(id);
    const { name = '', category = '' } = before ?? {};

    for (const patch of [
      {},
      { name },
      { attributes: { b: 2, a: 1 } },
      { thumbnail: null },
      { category },
      { categories: [category] },
    ]) {
      expect(await store.products.change(id, patch)).toEqual({ before, after: before });
    }

    expect(await store.products.findById(id)).toEqual(before);
  });

  it('moves a product between categories with its counts', async () => {
    const id = await store.make({ category: 'Origin', categories: ['Beside'] });

    const { before, after } = await store.products.change(id, { category: 'Aim' });

    expect(before?.categories).toEqual(['origin', 'beside']);
    expect(after).toMatchObject({ category: 'aim', categories: ['aim', 'beside'], version: 2 });
    expect(await store.products.findById(id)).toEqual(after);
    expect([await countOf('origin'), await countOf('aim'), await countOf('beside')]).toEqual([0, 1, 1]);
  });

  it('keeps the primary category first when the others are replaced', async () => {
    const id = await store.make({ category: 'First', categories: ['Second'] });

    const { after } = await store.products.change(id, { categories: ['Third', 'First'] });

    expect(after).toMatchObject({ category: 'first', categories: ['first', 'third'] });
    expect([await countOf('first'), await countOf('second'), await countOf('third')]).toEqual([1, 0, 1]);
  });

  it('counts right when 20 moves of one product meet', async () => {
    const id = await store.make({ category: 'Meet 0' });

    await Promise.all(Array.from({ length: 20 }, (_, at) => store.products.change(id, { category: `Meet ${at}` })));

    const home = (await store.products.findById(id))?.category ?? '';
    const counts = await Promise.all(Array.from({ length: 20 }, (_, at) => countOf(`meet-${at}`)));
    expect(counts.reduce((sum: number, count) => sum + (count ?? 0), 0)).toBe(1);
    expect(await countOf(home)).toBe(1);
  }, 30_000);

  it('refuses a change of another version, of an absent product, and to a sku in use', async () => {
    const id = await store.make();
    const other = await store.make();

    const mismatch = new VersionMismatchError(id, 2, 1);
    await expect(store.products.change(id, { name: 'New' }, 2)).rejects.toEqual(mismatch);
    await expect(store.products.change(id, { category: 'New' }, 2)).rejects.toEqual(mismatch);
    await expect(store.products.remove(id, 2)).rejects.toEqual(mismatch);
    await expect(store.products.change('nowhere', { name: 'New' })).rejects.toThrow(ProductNotFoundError);
    await expect(store.products.change('nowhere', { category: 'New' })).rejects.toThrow(ProductNotFoundError);
    await expect(store.products.remove('nowhere')).rejects.toThrow(ProductNotFoundError);
    await expect(store.products.change(id, { sku: `sku-${other}` })).rejects.toThrow(SkuTakenError);

    expect(await store.products.findById(id)).toMatchObject({ version: 1, sku: `sku-${id}` });
    expect(await store.categories.findBySlug('new')).toBeNull();
  });

  it('goes on from the versions of a removed product when its id is made again', async () => {
    const id = await store.make({ category: 'Grave', stock: 1 });
    await store.products.change(id, { name: 'Second version' });
    await store.inventory.setOnHand(id, 2);
    await store.inventory.setOnHand(id, 3);

    const removed = await store.products.remove(id);

    expect(removed).toMatchObject({ before: { id, version: 2 }, after: null });
    expect([await store.products.findById(id), await store.inventory.findById(id)]).toEqual([null, null]);
    expect(await countOf('grave')).toBe(0);
    await store.make({ id });
    expect(await store.products.findById(id)).toMatchObject({ version: 3 });
    expect(await store.inventory.findById(id)).toMatchObject({ version: 4, onHand: 0 });
    await store.products.remove(id);
    await store.make({ id });
    expect(await store.products.findById(id)).toMatchObject({ version: 4 });
  });

  it('undoes everything of a transaction that fails, those inside it included', async () => {
    const id = randomUUID();
    const draft = { ...ProductDraft.parse(aDraft(id)), id, category: 'Undone' };

    const attempt = store.transactions.run(async () => {
      await store.products.create(draft);
      expect(await store.products.findById(id)).not.toBeNull();
      throw new Error('after all');
    });

    await expect(attempt).rejects.toThrow('after all');
    expect([await store.products.findById(id), await store.inventory.findById(id)]).toEqual([null, null]);
    expect(await store.categories.findBySlug('undone')).toBeNull();
  });
});
