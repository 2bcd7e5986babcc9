import type { Cell } from '../source/source-row.js';
import { readProductRow, type RowReading } from './product-row.js';

const FIELDS = ['id', 'name', 'category', 'price', 'sku', 'description', 'thumbnail', 'stock', 'attributes.width'];
const reading: RowReading = {
  fields: FIELDS.map((field) => ({ field, column: field })),
  decimal: ',',
  currency: 'SAR',
};
const sound = { id: '90420332', name: 'FREKVENS', category: 'Bar furniture', price: '265,0' };

const read = (cells: Record<string, Cell>) =>
  readProductRow({ line: 7, raw: 'as it stands', cells: FIELDS.map((field) => cells[field]) }, reading);

describe('reading the product of a row', () => {
  it('takes the needed fields alone: the sku is the id, and nothing is said about the stock', () => {
    expect(read(sound)).toMatchObject({
      line: 7,
      raw: 'as it stands',
      product: {
        ...sound,
        sku: '90420332',
        price: { amount: 26_500, currency: 'SAR' },
        attributes: {},
        thumbnail: null,
      },
    });
    expect(read({ ...sound, stock: ' ' })).not.toHaveProperty('product.stock', 0);
  });

  it('takes every field, collapses runs of spaces, leaves empty attributes out, keeps the types of JSON', () => {
    const row = {
      ...sound,
      sku: 'F-1',
      description: 'Bar table,          51x51 cm',
      thumbnail: '/f.webp',
      stock: '12',
    };

    expect(read({ ...row, 'attributes.width': '' })).toMatchObject({
      product: { sku: 'F-1', description: 'Bar table, 51x51 cm', thumbnail: '/f.webp', stock: 12, attributes: {} },
    });
    expect(read({ ...row, 'attributes.width': 51 })).toHaveProperty('product.attributes', { width: 51 });
    expect(read({ ...row, 'attributes.width': ' 51  cm' })).toHaveProperty('product.attributes', { width: '51 cm' });
  });

  it.each([
    [{ id: '' }, 'the id is missing'],
    [{ name: '  ' }, 'the name is missing'],
    [{ category: '' }, 'the category is missing'],
    [{ price: '' }, 'the price is missing'],
    [{ price: 'SR 2,375' }, /no plain number/],
    [{ price: '99999999999999,00' }, /too large|price/],
    [{ id: 'a b' }, /^id: /],
    [{ id: 'x'.repeat(65) }, /^id: /],
    [{ category: '!!!' }, /^category: /],
    [{ name: 'x'.repeat(5_000) }, /^name: /],
    [{ name: 'a\u0000b' }, /^name: /],
    [{ thumbnail: 'javascript:alert(1)' }, /^thumbnail: /],
    [{ stock: '-1' }, /no whole number/],
    [{ stock: '1.5' }, /no whole number/],
    [{ stock: 'many' }, /"many" is no whole number/],
  ])('rejects a row with %j', (fault, reason) => {
    const row = read({ ...sound, ...fault });

    expect(row).toMatchObject({ line: 7, raw: 'as it stands' });
    expect('reason' in row ? row.reason : '').toMatch(reason);
  });
});
