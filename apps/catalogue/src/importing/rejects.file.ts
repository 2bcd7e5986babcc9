import { open, rm, type FileHandle } from 'node:fs/promises';
import type { RejectedRow } from '../source/source-row.js';

const HEADER = 'line,reason,row\n';

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The rows that could not be taken, as CSV with the columns `line`, `reason` and `row`. There is no file without any. */
export class RejectsFile {
  #file: FileHandle | undefined;
  #count = 0;

  private constructor(readonly path: string) {}

  /** The rejects of an import of `source`; those of an earlier one are removed. */
  static async of(source: string): Promise<RejectsFile> {
    const path = `${source}.rejects.csv`;
    await rm(path, { force: true });
    return new RejectsFile(path);
  }

  /** How many there are so far. */
  get count(): number {
    return this.#count;
  }

  async add(rows: readonly RejectedRow[]): Promise<void> {
    if (rows.length === 0) return;
    this.#count += rows.length;
    const text = rows.map(({ line, reason, raw }) => `${line},${quoted(reason)},${quoted(raw)}\n`).join('');
    const isFirst = !this.#file;
    this.#file ??= await open(this.path, 'w');
    await this.#file.appendFile(isFirst ? HEADER + text : text);
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}
