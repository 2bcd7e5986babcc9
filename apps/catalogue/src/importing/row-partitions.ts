import { randomUUID } from 'node:crypto';
import { mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const PARTITION_BYTES = 2_097_152;
const MOST_PARTITIONS = 1_024;
const BUFFERED_CHARACTERS = 4_194_304;

interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** FNV-1a, 32 bits: spreads ids evenly over partitions, the same way every time. */
const hashOf = (key: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return hash >>> 0;
};

/**
 * Lines brought together by their key, however far apart they came, in bounded memory: what a file of any size says about
 * one key ends up in one partition, in its order. A small file stays in memory; a large one goes through one nameless file
 * on disk, which the system frees even when this process is killed.
 */
export class RowPartitions {
  readonly #folder: string;
  readonly #pending: string[][];
  readonly #extents: Extent[][];
  #pendingCharacters = 0;
  #file: FileHandle | undefined;
  #end = 0;

  /** Room for about `sizeBytes` of lines; the disk file, when one is needed, is made in `folder`. */
  constructor(folder: string, sizeBytes: number) {
    const count = Math.min(Math.max(Math.ceil(sizeBytes / PARTITION_BYTES), 1), MOST_PARTITIONS);
    this.#folder = folder;
    this.#pending = Array.from({ length: count }, () => []);
    this.#extents = Array.from({ length: count }, () => []);
  }

  /** Keeps a line, which holds no line end, under its key. */
  async add(key: string, line: string): Promise<void> {
    this.#pending[hashOf(key) % this.#pending.length]?.push(line);
    this.#pendingCharacters += line.length;
    if (this.#pendingCharacters >= BUFFERED_CHARACTERS) await this.#spill();
  }

  /** One partition after the other, each as its lines in batches. To be called once all lines are in. */
  *all(): Generator<AsyncIterable<string[]>> {
    for (const index of this.#extents.keys()) yield this.#partition(index);
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async *#partition(index: number): AsyncGenerator<string[]> {
    for (const extent of this.#extents[index] ?? []) yield await this.#linesIn(extent);
    yield this.#pending[index] ?? [];
    this.#pending[index] = [];
  }

  async #spill(): Promise<void> {
    this.#file ??= await this.#openNameless();
    for (const [index, lines] of this.#pending.entries()) {
      if (lines.length === 0) continue;
      const bytes = Buffer.from(lines.join('\n'));
      await this.#file.appendFile(bytes);
      this.#extents[index]?.push({ offset: this.#end, length: bytes.length });
      this.#end += bytes.length;
      this.#pending[index] = [];
    }
    this.#pendingCharacters = 0;
  }

  async #openNameless(): Promise<FileHandle> {
    await mkdir(this.#folder, { recursive: true });
    const path = join(this.#folder, `import-${randomUUID()}`);
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    return file;
  }

  async #linesIn({ offset, length }: Extent): Promise<string[]> {
    const bytes = Buffer.alloc(length);
    await this.#file?.read(bytes, 0, length, offset);
    return bytes.toString('utf8').split('\n');
  }
}
