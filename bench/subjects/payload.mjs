const WORDS = 'solid oak frame with a linen cover that comes off and can be washed at forty degrees'.split(' ');

const words = (seed, count) =>
  Array.from({ length: count }, (_, at) => WORDS[(seed * 7 + at * 5) % WORDS.length]).join(' ');

/** A product of a shop, 1 KB of JSON. */
export const productOf = (number) => ({
  id: `product-${number}`,
  sku: `SKU-${String(number).padStart(6, '0')}`,
  name: words(number, 4),
  description: words(number, 110),
  categories: ['sofas', 'living-room'],
  price: { amount: 10_000 + number, currency: 'USD' },
  thumbnail: `https://images.example/products/${number}/thumbnail.webp`,
  attributes: { width: '210 cm', depth: '95 cm', height: '80 cm', colour: 'sand', material: 'oak, linen' },
  images: [`https://images.example/products/${number}/1.webp`, `https://images.example/products/${number}/2.webp`],
  updatedAt: '2026-01-01T00:00:00.000Z',
  version: 3,
});

/** A page of a category, 12.6 KB of JSON. */
export const pageOf = (number) => ({
  items: Array.from({ length: 12 }, (_, at) => productOf(number * 12 + at)),
  description: words(number, 32),
  next: `cursor-${number}`,
  total: 1_000,
});

export const keysOf = (count) => Array.from({ length: count }, (_, number) => `product-${number}`);
export const numberOf = (key) => Number(key.slice('product-'.length));
export const loadProduct = (key) => Promise.resolve(productOf(numberOf(key)));
