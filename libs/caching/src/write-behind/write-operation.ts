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

const json = (region: string, value: Json): string => {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new WriteInvalidError(region, 'a value is none that JSON knows');
  return text;
};

/**
 * The operation as the last arguments of one operation that `append.lua` reads.
 * @throws {WriteInvalidError} no field, too many, a name or number out of bounds, or larger than 1 MiB
 */
export const operationArguments = (region: string, operation: WriteOperation): string[] => {
  if ('delete' in operation) return ['delete', '', '0', '0'];
  if ('replace' in operation) return bounded(region, ['replace', json(region, operation.replace), '0', '0']);
  // by name, so that a whole comes before its parts: setting it forgets what was said of them before
  const sets = Object.entries(operation.set ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  const adds = Object.entries(operation.add ?? {});
  if (sets.length + adds.length === 0) throw new WriteInvalidError(region, 'it changes no field');
  if (sets.length + adds.length > MOST_FIELDS)
    throw new WriteInvalidError(region, `it changes more than ${MOST_FIELDS} fields`);
  for (const [field, addend] of adds) {
    const isSound = Number.isInteger(addend) && Math.abs(addend) <= LARGEST_ADDEND;
    if (!isSound) throw new WriteInvalidError(region, `what is added to "${field}" is no whole number up to 2^31`);
  }
  for (const [field] of [...sets, ...adds]) {
    if (wholeOf(field, operation.add ?? {}) !== undefined)
      throw new WriteInvalidError(region, `"${field}" is a part of a field that is added to`);
  }
  return bounded(region, [
    'change',
    '',
    String(sets.length),
    ...sets.flatMap(([field, value]) => [checkedField(region, field), json(region, value)]),
    String(adds.length),
    ...adds.flatMap(([field, addend]) => [checkedField(region, field), String(addend)]),
  ]);
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

const bounded = (region: string, texts: string[]): string[] => {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length > LARGEST_BYTES) throw new WriteInvalidError(region, 'it is larger than 1 MiB');
  return texts;
};
