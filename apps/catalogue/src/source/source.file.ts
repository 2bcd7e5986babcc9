import { open, type FileHandle } from 'node:fs/promises';
import { UsageError } from '../command/usage.error.js';
import { openCsv } from './csv.source.js';
import { openJsonLines } from './json-lines.source.js';
import { linesOf } from './line.js';
import type { Source } from './source-row.js';

const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16_BOMS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];
const HEAD_BYTES = 4_096;
const CHUNK_BYTES = 65_536;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this user',
};

const isJsonLines = (path: string, head: string): boolean => {
  if (/\.(jsonl|ndjson|json)$/i.test(path)) return true;
  return !/\.(csv|tsv)$/i.test(path) && head.trimStart().startsWith('{');
};

const openForReading = async (path: string): Promise<FileHandle> => {
  try {
    const file = await open(path);
    const stat = await file.stat();
    if (stat.isFile()) return file;
    await file.close();
    throw new UsageError(
      `${path} is ${stat.isDirectory() ? 'a directory' : 'no file'}. A CSV or JSON Lines file is expected.`,
    );
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason) throw new UsageError(`${path} ${reason}. A CSV or JSON Lines file is expected.`);
    throw error;
  }
};

/** An open catalogue file. */
export interface SourceFile {
  readonly source: Source;
  readonly sizeBytes: number;
  /** How much of it has been read, in bytes. */
  readBytes(): number;
  readonly close: () => Promise<void>;
}

/**
 * Opens a catalogue: JSON Lines by its extension (`.jsonl`, `.ndjson`, `.json`) or content, CSV otherwise.
 * @throws {UsageError} no such file, a directory, an empty file, one in UTF-16, or one without a readable header
 */
export const openSource = async (path: string, delimiter: string): Promise<SourceFile> => {
  const file = await openForReading(path);
  try {
    const sizeBytes = (await file.stat()).size;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    if (UTF16_BOMS.some((bom) => head.subarray(0, 2).equals(bom))) {
      throw new UsageError(`${path} is in UTF-16. Save it as UTF-8 and try again.`);
    }
    const start = head.subarray(0, 3).equals(UTF8_BOM) ? UTF8_BOM.length : 0;
    const bytes = file.createReadStream({ start, highWaterMark: CHUNK_BYTES, autoClose: false });
    const lines = linesOf(bytes);
    const source = isJsonLines(path, head.toString('utf8', start))
      ? await openJsonLines(lines)
      : await openCsv(lines, delimiter);
    return {
      source,
      sizeBytes,
      readBytes: () => start + bytes.bytesRead,
      close: async () => {
        bytes.destroy();
        await file.close();
      },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
};
