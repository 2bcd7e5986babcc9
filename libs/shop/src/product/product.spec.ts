import { ImportedProduct, ProductDraft, ProductPatch } from './product.js';

const draft = (given: object = {}): unknown => ({
  sku: 'S-1',
  name: 'Chair',
  category: 'Chairs',
  price: { amount: 1, currency: 'USD' },
  ...given,
});
const isTaken = (given: object): boolean => ProductDraft.safeParse(draft(given)).success;

describe('the body that makes a product', () => {
  it('fills in what may be left out', () => {
    expect(ProductDraft.parse(draft())).toEqual({
      ...(draft() as object),
      description: '',
      categories: [],
      thumbnail: null,
      attributes: {},
      stock: 0,
    });
    expect(ImportedProduct.parse(draft({ id: 'a' }))).not.toHaveProperty('stock');
  });

  it.each([
    { id: 'A.b_c-1' },
    { name: ' Tisch "Öland" 🪑 ' },
    { description: 'two\nlines' },
    { price: { amount: 0, currency: 'SAR' } },
    { stock: 0 },
    { thumbnail: null },
    { thumbnail: 'https://example.com/a.jpg' },
    { thumbnail: '/images/a.jpg' },
    { attributes: { width: 0, 'colour of legs': 'red', isNew: false, note: '' } },
  ])('takes %j', (given) => expect(isTaken(given)).toBe(true));

  it.each([
    { unknown: 1 },
    { version: 1 },
    { id: '' },
    { id: 'a/b' },
    { id: 'a'.repeat(65) },
    { id: 'a\n' },
    { id: { $ne: null } },
    { sku: '' },
    { name: '   ' },
    { name: 'a\u0000b' },
    { name: 'a\nb' },
    { name: 'a'.repeat(301) },
    { name: '\ud800' },
    { name: { $gt: '' } },
    { description: 'a'.repeat(10_001) },
    { category: '!!!' },
    { categories: Array(21).fill('a') },
    { price: { amount: -1, currency: 'USD' } },
    { price: { amount: 0.1, currency: 'USD' } },
    { price: { amount: 2 ** 53, currency: 'USD' } },
    { price: { amount: '1', currency: 'USD' } },
    { price: { amount: 1, currency: 'usd' } },
    { price: { amount: 1, currency: 'USD', more: 1 } },
    { price: { amount: 1 } },
    { stock: -1 },
    { stock: 1.5 },
    { stock: null },
    { thumbnail: 'javascript:alert(1)' },
    { thumbnail: '//elsewhere/a.jpg' },
    { thumbnail: 'https://example.com/a b' },
    { attributes: { $where: 'x' } },
    { attributes: { 'a.b': 1 } },
    { attributes: { 'a\u0000': 1 } },
    { attributes: { '': 1 } },
    { attributes: { constructor: 1 } },
    { attributes: { prototype: 1 } },
    { attributes: JSON.parse('{"__proto__": 1}') as object },
    { attributes: JSON.parse('{"__proto__": {"a": 1}}') as object },
    { attributes: { a: null } },
    { attributes: { a: { b: 1 } } },
    { attributes: { a: [1] } },
    { attributes: { a: 1e16 } },
    { attributes: { a: 'a'.repeat(2_001) } },
    { attributes: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`a${at}`, at])) },
    { attributes: [] },
  ])('refuses %j', (given) => expect(isTaken(given)).toBe(false));
});

describe('the body that changes a product', () => {
  it('fills in nothing', () => expect(ProductPatch.parse({})).toEqual({}));

  it.each([{ id: 'a' }, { stock: 1 }, { version: 2 }, { name: null }])('refuses %j', (given) =>
    expect(ProductPatch.safeParse(given).success).toBe(false),
  );
});
