import { UsageError } from '../command/usage.error.js';
import type { Source } from '../source/source-row.js';

const REQUIRED = ['id', 'name', 'category', 'price'] as const;
const OPTIONAL = ['sku', 'description', 'thumbnail', 'stock'] as const;
const ATTRIBUTE = /^attributes\.([^.]+)$/;

const isField = (name: string): boolean =>
  [...REQUIRED, ...OPTIONAL].some((field) => field === name) || ATTRIBUTE.test(name);

const listed = (columns: readonly string[]): string =>
  columns.length > 60 ? `${columns.slice(0, 60).join(', ')}, …` : columns.join(', ');

/** A field of a product and the column it stands in. */
export interface MappedField {
  readonly field: string;
  readonly column: string;
}

/** Which field of a product stands in which column of a file. */
export class FieldMapping {
  private constructor(private readonly asked: ReadonlyMap<string, string>) {}

  /**
   * The mapping in `field=column` pairs.
   * @throws {UsageError} a pair without `=`, an unknown field, or a field given twice
   */
  static parse(pairs: readonly string[]): FieldMapping {
    const asked = new Map<string, string>();
    for (const pair of pairs) {
      const [, field = '', column = ''] = /^([^=]+)=(.+)$/s.exec(pair) ?? [];
      if (field === '') throw new UsageError(`--map ${pair} is no field=column pair.`);
      if (!isField(field)) {
        const fields = [...REQUIRED, ...OPTIONAL, 'attributes.X'].join(', ');
        throw new UsageError(`--map ${pair}: there is no field ${JSON.stringify(field)}. The fields are ${fields}.`);
      }
      if (asked.has(field)) throw new UsageError(`--map gives ${field} twice.`);
      asked.set(field, column);
    }
    return new FieldMapping(asked);
  }

  /**
   * The fields to read from a file with these columns: what was asked for, and every column named as a field.
   * @throws {UsageError} a needed or asked-for column is missing or there twice; the message lists the columns found
   */
  fieldsOf({ columns, isComplete }: Pick<Source, 'columns' | 'isComplete'>): MappedField[] {
    const asked = new Map(this.asked);
    for (const column of columns) if (isField(column) && !asked.has(column)) asked.set(column, column);
    for (const field of REQUIRED) if (!asked.has(field)) asked.set(field, field);

    const fields = [...asked].map(([field, column]) => ({ field, column }));
    // Further down a JSON Lines file there may be fields that its first rows lack; the needed ones every row has.
    const expected = fields.filter(({ field }) => isComplete || REQUIRED.some((required) => required === field));
    const missing = expected.filter(({ column }) => !columns.includes(column));
    if (missing.length > 0) {
      const names = missing
        .map(({ field, column }) => (field === column ? column : `${column} (for ${field})`))
        .join(', ');
      const hint = `Name the right ones by --map field=column${isComplete ? ", or give the file's --delimiter" : ''}.`;
      throw new UsageError(`Columns missing: ${names}. Columns found: ${listed(columns)}. ${hint}`);
    }
    const double = fields.find(({ column }) => columns.indexOf(column) !== columns.lastIndexOf(column));
    if (double) throw new UsageError(`The column ${double.column} is there twice, so ${double.field} cannot be told.`);
    return fields;
  }
}

/** The X of a field `attributes.X`; `undefined` for any other field. */
export const attributeOf = (field: string): string | undefined => ATTRIBUTE.exec(field)?.[1];
