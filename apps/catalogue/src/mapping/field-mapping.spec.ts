import { UsageError } from '../command/usage.error.js';
import { attributeOf, FieldMapping } from './field-mapping.js';

const csv = (...columns: string[]) => ({ columns, isComplete: true });
const pairs = (fields: { field: string; column: string }[]) =>
  fields.map(({ field, column }) => `${field}=${column}`).sort();

describe('mapping fields to columns', () => {
  it('takes the column of the same name, attributes included, unless told otherwise', () => {
    const fields = FieldMapping.parse(['id=item_id', 'attributes.width=w']).fieldsOf(
      csv('id', 'item_id', 'name', 'category', 'price', 'attributes.depth', 'w', 'old_price'),
    );

    expect(pairs(fields)).toEqual([
      'attributes.depth=attributes.depth',
      'attributes.width=w',
      'category=category',
      'id=item_id',
      'name=name',
      'price=price',
    ]);
  });

  it('names what is missing, what was found, and both ways out', () => {
    const of = () => FieldMapping.parse(['description=text']).fieldsOf(csv('id;name;category;price'));

    expect(of).toThrow(UsageError);
    expect(of).toThrow(
      /missing: text \(for description\), id, name, category, price\. .*found: id;name;category;price\. /,
    );
    expect(of).toThrow(/--map .*--delimiter/);
  });

  it('leaves optional columns of JSON Lines open, since later rows may have them', () => {
    const source = { columns: ['id', 'name', 'category', 'price'], isComplete: false };

    expect(pairs(FieldMapping.parse(['stock=units']).fieldsOf(source))).toContain('stock=units');
  });

  it('refuses a column that is there twice when a field needs it', () => {
    expect(() => FieldMapping.parse([]).fieldsOf(csv('id', 'name', 'price', 'category', 'price'))).toThrow(
      /price is there twice/,
    );
    expect(FieldMapping.parse([]).fieldsOf(csv('id', 'name', 'price', 'category', 'x', 'x'))).toHaveLength(4);
  });

  it.each([
    ['id', /no field=column pair/],
    ['=x', /no field=column pair/],
    ['id=', /no field=column pair/],
    ['colour=x', /no field "colour".*attributes\.X/],
    ['attributes.=x', /no field/],
  ])('refuses --map %s', (pair, message) => {
    expect(() => FieldMapping.parse([pair])).toThrow(message);
  });

  it('refuses a field given twice', () => {
    expect(() => FieldMapping.parse(['id=a', 'id=b'])).toThrow(/id twice/);
  });

  it('tells an attribute from a field', () => {
    expect(attributeOf('attributes.width')).toBe('width');
    expect(attributeOf('price')).toBeUndefined();
  });
});
