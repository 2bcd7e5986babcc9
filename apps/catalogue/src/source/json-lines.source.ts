import { UsageError } from '../command/usage.error.js';
import type { Line } from './line.js';
import { LineFeed } from './line-feed.js';
import type { Cell, ReadRow, Source } from './source-row.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** So many rows are looked at to say which columns there are. */
const ROWS_LOOKED_AT = 100;
const BATCH = 500;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object of a line, or the sentence that says why it is none. */
const objectOf = ({ text, fault }: Line): JsonObject | string => {
  if (fault) return `the line is ${fault}`;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : 'the line is no JSON object';
  } catch (error) {
    if (error instanceof SyntaxError) return `the line is no JSON: ${error.message}`;
    throw error;
  }
};

/** The value under a name: a field of that very name, else the way through nested objects that its dots spell. */
const valueAt = (object: JsonObject, name: string): unknown => {
  if (Object.hasOwn(object, name)) return object[name];
  const dot = name.indexOf('.');
  const nested = dot > 0 && Object.hasOwn(object, name.slice(0, dot)) ? object[name.slice(0, dot)] : undefined;
  return isObject(nested) ? valueAt(nested, name.slice(dot + 1)) : undefined;
};

const namesIn = (object: JsonObject, prefix = ''): string[] =>
  Object.entries(object).flatMap(([name, value]) =>
    isObject(value) && prefix === '' ? namesIn(value, `${name}.`) : [`${prefix}${name}`],
  );

const toRow = (line: Line, wanted: readonly string[]): ReadRow => {
  const object = objectOf(line);
  if (typeof object === 'string') return { line: line.number, raw: line.text, reason: object };
  const cells: (Cell | undefined)[] = [];
  for (const name of wanted) {
    const value = valueAt(object, name) ?? undefined;
    if (typeof value === 'object') {
      return {
        line: line.number,
        raw: line.text,
        reason: `${name} is a list or an object; a single value is expected`,
      };
    }
    cells.push(value as Cell | undefined);
  }
  return { line: line.number, raw: line.text, cells };
};

/**
 * A file with one JSON object a line. Columns inside an object of a row are named with a dot: `attributes.width`.
 * @throws {UsageError} the file is empty, or one JSON list
 */
export const openJsonLines = async (lines: AsyncIterable<Line[]>): Promise<Source> => {
  const feed = new LineFeed(lines);
  const columns = new Set<string>();
  let isEmpty = true;
  for (let ahead = 0; ahead < ROWS_LOOKED_AT; ahead += 1) {
    const line = await feed.peek(ahead);
    if (!line) break;
    if (isEmpty && line.text.trimStart().startsWith('[')) {
      throw new UsageError('The file is a JSON list. JSON Lines are expected: one object a line.');
    }
    isEmpty &&= line.text.trim() === '';
    const object = objectOf(line);
    if (typeof object === 'object') for (const name of namesIn(object)) columns.add(name);
  }
  if (isEmpty) throw new UsageError('The file is empty. One JSON object a line is expected.');

  return {
    columns: [...columns],
    isComplete: false,
    async *rows(wanted) {
      let batch: ReadRow[] = [];
      for (let line = await feed.take(); line; line = await feed.take()) {
        if (line.fault === undefined && line.text.trim() === '') continue;
        batch.push(toRow(line, wanted));
        if (batch.length >= BATCH) {
          yield batch;
          batch = [];
        }
      }
      if (batch.length > 0) yield batch;
    },
  };
};
