import { isUtf8 } from 'node:buffer';

/** The longest line that is read; what is longer arrives cut and marked, so that no file can fill the memory. */
export const LONGEST_LINE_BYTES = 262_144;

/** What is wrong with a line before anybody looks into it. */
export type LineFault = 'too long' | 'not UTF-8';

/** One line of a file, without its line end. */
export interface Line {
  /** 1 for the first line of the file. */
  readonly number: number;
  readonly text: string;
  readonly fault?: LineFault;
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const KEPT_OF_TOO_LONG = 200;

const toLine = (number: number, bytes: Buffer, isTooLong: boolean): Line => {
  const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  if (isTooLong) return { number, text: bytes.toString('utf8', 0, KEPT_OF_TOO_LONG), fault: 'too long' };
  const text = bytes.toString('utf8', 0, end);
  return text.includes('\u{FFFD}') && !isUtf8(bytes) ? { number, text, fault: 'not UTF-8' } : { number, text };
};

/** Cuts bytes into lines at LF or CRLF. Holds one chunk and one line at a time, never more. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line[]> {
  let number = 1;
  let begun: Buffer[] = [];
  let begunBytes = 0;
  const begin = (part: Buffer): void => {
    if (begunBytes <= LONGEST_LINE_BYTES) begun.push(part);
    begunBytes += part.length;
  };
  const finish = (): Line => {
    const bytes = begun.length === 1 && begun[0] ? begun[0] : Buffer.concat(begun);
    const line = toLine(number, bytes, begunBytes > LONGEST_LINE_BYTES);
    number += 1;
    begun = [];
    begunBytes = 0;
    return line;
  };
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      begin(chunk.subarray(start, end));
      lines.push(finish());
      start = end + 1;
    }
    if (start < chunk.length) begin(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (begunBytes > 0) yield [finish()];
}
