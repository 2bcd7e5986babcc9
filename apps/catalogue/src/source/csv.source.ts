import { CsvError, parse } from 'csv-parse/sync';
import { UsageError } from '../command/usage.error.js';
import type { Line } from './line.js';
import { LineFeed } from './line-feed.js';
import type { ReadRow, RejectedRow, Source } from './source-row.js';

/** A quoted cell may run over this many lines; a quote that is still open then was never meant to be one. */
export const LONGEST_RECORD_LINES = 500;

const SENTENCES: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and not closed',
  INVALID_OPENING_QUOTE: 'a quote stands inside a cell that does not begin with one',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote',
};

const quotesIn = (text: string): number => text.split('"').length - 1;

const reject = ({ number, text }: Line, reason: string): RejectedRow => ({ line: number, raw: text, reason });

/** The cells of one record, or the sentence that says why it is none. */
const cellsOf = (text: string, delimiter: string): string[] | string => {
  try {
    return parse(text, { delimiter, relax_column_count: true, record_delimiter: ['\r\n', '\n'] })[0] ?? [];
  } catch (error) {
    if (error instanceof CsvError) return SENTENCES[error.code] ?? error.message;
    throw error;
  }
};

const isBlank = ({ text, fault }: Line): boolean => fault === undefined && text.trim() === '';

interface CsvRecord {
  readonly line: Line;
  readonly raw: string;
  readonly cells: readonly string[];
}

/** The record that begins with `first`: alone, or with the lines that its open quotes run over. */
const recordFrom = async (first: Line, feed: LineFeed, delimiter: string): Promise<CsvRecord | RejectedRow> => {
  if (first.fault) return reject(first, `the line is ${first.fault}`);
  let raw = first.text;
  let more = 0;
  for (let quotes = quotesIn(raw); quotes % 2 === 1 && more < LONGEST_RECORD_LINES; more += 1) {
    const next = await feed.peek(more);
    if (!next || next.fault) return reject(first, SENTENCES['CSV_QUOTE_NOT_CLOSED'] ?? '');
    raw += `\n${next.text}`;
    quotes += quotesIn(next.text);
  }
  const cells = cellsOf(raw, delimiter);
  // Only the first line is given up: the ones after it may be sound records that a stray quote swallowed.
  if (typeof cells === 'string') return reject(first, cells);
  feed.skip(more);
  return { line: first, raw, cells };
};

const BATCH = 500;

/**
 * A CSV file with a header line. A broken record costs its own line alone; reading goes on with the next line.
 * @throws {UsageError} the file has no header
 */
export const openCsv = async (lines: AsyncIterable<Line[]>, delimiter: string): Promise<Source> => {
  const feed = new LineFeed(lines);
  const nextRecord = async (): Promise<CsvRecord | RejectedRow | undefined> => {
    let line = await feed.take();
    while (line && isBlank(line)) line = await feed.take();
    return line && recordFrom(line, feed, delimiter);
  };
  const header = await nextRecord();
  if (!header) throw new UsageError('The file is empty. A header line with the names of the columns is expected.');
  if ('reason' in header) throw new UsageError(`The header in line ${header.line} cannot be read: ${header.reason}.`);
  const columns = header.cells.map((name) => name.trim());

  return {
    columns,
    isComplete: true,
    async *rows(wanted) {
      const places = wanted.map((name) => columns.indexOf(name));
      let batch: ReadRow[] = [];
      for (let record = await nextRecord(); record; record = await nextRecord()) {
        if ('reason' in record) batch.push(record);
        else if (record.cells.length !== columns.length) {
          const found = record.cells.length.toString();
          batch.push(reject({ ...record.line, text: record.raw }, `${found} cells, the header has ${columns.length}`));
        } else {
          const { cells } = record;
          batch.push({ line: record.line.number, raw: record.raw, cells: places.map((place) => cells[place]) });
        }
        if (batch.length >= BATCH) {
          yield batch;
          batch = [];
        }
      }
      if (batch.length > 0) yield batch;
    },
  };
};
