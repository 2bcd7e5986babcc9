import { ImportedProduct } from '@larder/shop';
import type { Cell, RejectedRow, SourceRow } from '../source/source-row.js';
import { cellText } from './cell-text.js';
import { minorDigits } from './currency.js';
import { readPrice } from './decimal-price.js';
import { attributeOf, type MappedField } from './field-mapping.js';

/** What one row says: a product in one category. */
export interface ProductRow {
  readonly line: number;
  readonly raw: string;
  readonly product: ImportedProduct;
}

/** How the cells of a file are to be read: `fields` are in the order of a row's cells. */
export interface RowReading {
  readonly fields: readonly MappedField[];
  readonly decimal: '.' | ',';
  readonly currency: string;
}

const NEEDED_TEXTS = ['id', 'name', 'category'] as const;

const wholeNumber = (cell: Cell | undefined): number | undefined => {
  const text = cellText(cell);
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
};

const attributesIn = (cells: ReadonlyMap<string, Cell>): Record<string, Cell> => {
  const attributes: [string, Cell][] = [];
  for (const [field, cell] of cells) {
    const name = attributeOf(field);
    if (name !== undefined) attributes.push([name, typeof cell === 'string' ? cellText(cell) : cell]);
  }
  return Object.fromEntries(attributes);
};

const isEmpty = (cell: Cell | undefined): boolean => cellText(cell) === '';

/** The product of a row, or the reason why it cannot be taken. Empty cells say nothing; runs of spaces become one. */
export const readProductRow = (row: SourceRow, { fields, decimal, currency }: RowReading): ProductRow | RejectedRow => {
  const { line, raw } = row;
  const cells = new Map<string, Cell>();
  for (const [index, { field }] of fields.entries()) {
    const cell = row.cells[index];
    if (cell !== undefined && !isEmpty(cell)) cells.set(field, cell);
  }
  const missing = NEEDED_TEXTS.find((field) => !cells.has(field));
  if (missing) return { line, raw, reason: `the ${missing} is missing` };
  const price = readPrice(cells.get('price'), { decimal, digits: minorDigits(currency) });
  if ('reason' in price) return { line, raw, reason: price.reason };
  const stock = wholeNumber(cells.get('stock'));
  if (stock === undefined && cells.has('stock')) {
    return { line, raw, reason: `the stock ${JSON.stringify(cells.get('stock'))} is no whole number` };
  }

  const parsed = ImportedProduct.safeParse({
    id: cellText(cells.get('id')),
    sku: cellText(cells.get('sku') ?? cells.get('id')),
    name: cellText(cells.get('name')),
    category: cellText(cells.get('category')),
    price: { amount: price.amount, currency },
    attributes: attributesIn(cells),
    ...(cells.has('description') && { description: cellText(cells.get('description')) }),
    ...(cells.has('thumbnail') && { thumbnail: cellText(cells.get('thumbnail')) }),
    ...(stock !== undefined && { stock }),
  });
  if (parsed.success) return { line, raw, product: parsed.data };
  const reason = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return { line, raw, reason };
};
