import { createHash } from 'node:crypto';
import { slugOf } from '@larder/shop';
import { SAMPLE_SIZE, sampleCatalogue } from './sample.catalogue.js';

describe('the sample catalogue', () => {
  const products = sampleCatalogue();

  it('is the same every time, to the last character', () => {
    const digest = createHash('sha256').update(JSON.stringify(products)).digest('hex');

    expect(digest).toBe('ac791c34a10380324befb061f97922c31b4d785c3aa88a19bab17f896cce78e6');
    expect(sampleCatalogue()).toEqual(products);
  });

  it('has 2,000 products in 12 categories, each under its own id and sku', () => {
    const primary = new Set(products.map(({ category }) => slugOf(category)));

    expect(products).toHaveLength(SAMPLE_SIZE);
    expect(new Set(products.map(({ id }) => id)).size).toBe(2_000);
    expect(new Set(products.map(({ sku }) => sku)).size).toBe(2_000);
    expect(primary.size).toBe(12);
    expect(products.every(({ categories }) => categories.length <= 1)).toBe(true);
    expect(products.every(({ categories }) => categories.every((name) => primary.has(slugOf(name))))).toBe(true);
  });

  it('looks like a shop: sold-out things, things in two categories, dear and cheap ones', () => {
    const amounts = products.map(({ price }) => price.amount).sort((a, b) => a - b);

    expect(products.filter(({ stock }) => stock === 0).length).toBeGreaterThan(50);
    expect(products.every(({ stock = -1 }) => stock >= 0 && stock <= 500)).toBe(true);
    expect(products.filter(({ categories }) => categories.length === 1).length).toBeGreaterThan(200);
    expect(amounts[0]).toBeLessThan(1_000);
    expect(amounts.at(-1)).toBeGreaterThan(40_000);
    expect(new Set(products.map(({ name }) => name)).size).toBeGreaterThan(1_500);
  });
});
