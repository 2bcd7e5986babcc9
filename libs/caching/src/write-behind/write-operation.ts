import { WriteInvalidError } from '../errors.js';
import { wholeOf } from './field-paths.js';
import type { Json } from './json.js';

/**
 * What is to be done to one value: replace it as a whole, delete it, or change it: set named fields, and add to fields that
 * are whole numbers. A field is named by its path in the source, `preferences.theme` for one.
 */
export type WriteOperation = { readonly replace: Json } | { readonly delete: true } | FieldChange;

/** Named fields to be set, a whole before its parts, then what is to be added to fields. */
export interface FieldChange {
  readonly set?: Readonly<Record<string, Json>>;
  readonly add?: Readonly<Record<string, number>>;
}

const MOST_FIELDS = 100;
const LONGEST_FIELD = 256;
const LARGEST_BYTES = 1_048_576;
/** Far below what a counter of Redis overflows at, however many are added up. */
const LARGEST_ADDEND = 2 ** 31;

const checkedField = (region: string, field: string): string => {
  const isSound = field !== '' && field.length <= LONGEST_FIELD && !/[\0$]/.test(field);
  if (isSound && !field.split('.').some((part) => part === '' || part === '__proto__')) return field;
  throw new WriteInvalidError(region, `"${field.slice(0, 80)}" cannot be the name of a field`);
};

const addend = (region: string, field: string, value: number): string => {
  const isSound = Number.isInteger(value) && Math.abs(value) <= LARGEST_ADDEND;
  if (isSound) return String(value);
  throw new WriteInvalidError(region, `what is added to "${field}" is no whole number up to 2^31`);
};

const json = (region: string, value: Json): string => {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new WriteInvalidError(region, 'a value is none that JSON knows');
  return text;
};

/** What operations have in common that do the same to the same fields: how `append.lua` reads it. */
export type OperationShape = readonly string[];

/** An operation as `append.lua` reads it: of the same fields, the shape is one and the same object. */
export interface WrittenOperation {
  readonly shape: OperationShape;
  readonly values: readonly string[];
}

const DELETE: WrittenOperation = { shape: ['delete', '0', '0'], values: [] };
const REPLACE: OperationShape = ['replace', '0', '0'];
const MOST_SHAPES = 1_000;
const shapes = new Map<string, OperationShape>();

/** @throws {WriteInvalidError} no field, too many, a name or number out of bounds, or larger than 1 MiB */
export const written = (region: string, operation: WriteOperation): WrittenOperation => {
  if ('delete' in operation) return DELETE;
  if ('replace' in operation) return bounded(region, { shape: REPLACE, values: [json(region, operation.replace)] });
  const { set = {}, add = {} } = operation;
  // by name, so that a whole comes before its parts: setting it forgets what was said of them before
  const sets = Object.keys(set).sort();
  const adds = Object.keys(add);
  const shape = shapeOf(region, sets, adds);
  const values: string[] = [];
  for (const field of sets) values.push(json(region, set[field] as Json));
  for (const field of adds) values.push(addend(region, field, add[field] as number));
  return bounded(region, { shape, values });
};

/** The shape of a change, checked once: most changes are of few. */
const shapeOf = (region: string, sets: readonly string[], adds: readonly string[]): OperationShape => {
  const key = `${sets.join('\0')}\0\0${adds.join('\0')}`; // no name of a field has a NUL in it
  const known = shapes.get(key);
  if (known) return known;
  if (sets.length + adds.length === 0) throw new WriteInvalidError(region, 'it changes no field');
  if (sets.length + adds.length > MOST_FIELDS)
    throw new WriteInvalidError(region, `it changes more than ${MOST_FIELDS} fields`);
  for (const field of [...sets, ...adds]) {
    if (adds.some((outer) => field.startsWith(`${outer}.`)))
      throw new WriteInvalidError(region, `"${field}" is a part of a field that is added to`);
  }
  const isMixed = adds.length > 0 || sets.some((field) => field.includes('.'));
  const names = [
    ...sets.map((field) => `=${checkedField(region, field)}`),
    ...adds.map((field) => `+${checkedField(region, field)}`),
  ];
  const shape = [isMixed ? 'mixed' : 'change', String(sets.length), String(adds.length), ...names];
  if (shapes.size >= MOST_SHAPES) shapes.clear();
  shapes.set(key, shape);
  return shape;
};

/** One change that does what `earlier` and then `later` do. */
export const merged = (earlier: FieldChange, later: FieldChange): FieldChange => {
  const sets = later.set ?? {};
  const isKept = ([field]: readonly [string, unknown]): boolean =>
    !Object.hasOwn(sets, field) && wholeOf(field, sets) === undefined;
  const set = { ...Object.fromEntries(Object.entries(earlier.set ?? {}).filter(isKept)), ...sets };
  const add = Object.fromEntries(Object.entries(earlier.add ?? {}).filter(isKept));
  for (const [field, addend] of Object.entries(later.add ?? {}))
    add[field] = (Object.hasOwn(add, field) ? (add[field] ?? 0) : 0) + addend;
  return { set, add };
};

const bounded = (region: string, operation: WrittenOperation): WrittenOperation => {
  let length = 0;
  for (const text of operation.shape) length += text.length;
  for (const text of operation.values) length += text.length;
  if (length > LARGEST_BYTES) throw new WriteInvalidError(region, 'it is larger than 1 MiB');
  return operation;
};
