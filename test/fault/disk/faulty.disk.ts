import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SHIM = resolve('test/fault/disk/disk.shim.c');

/** The disk of a queue Redis, which can be slow or full, and whose power can fail. */
export class FaultyDisk {
  private delayMs = 0;
  private isFull = false;
  private cutBytes = 0;

  private constructor(
    private readonly data: string,
    private readonly orders: string,
    /** The server program with this disk under it. */
    readonly program: string,
  ) {}

  /**
   * Puts a disk under `program`, whose data is in `data`; what it needs itself is kept in `folder`.
   * @throws {Error} there is no C compiler here, so no fault of a disk can be made
   */
  static async under(program: string, data: string, folder: string): Promise<FaultyDisk> {
    await mkdir(folder, { recursive: true });
    await mkdir(data, { recursive: true });
    const library = join(folder, 'disk.so');
    try {
      await run('cc', ['-shared', '-fPIC', '-O2', '-o', library, SHIM, '-ldl']);
    } catch (cause) {
      throw new Error(
        'The faults of a disk need a C compiler: install one as cc (Debian: apt install gcc libc6-dev).',
        {
          cause,
        },
      );
    }
    const orders = join(folder, 'orders');
    const wrapper = join(folder, 'server.sh');
    await writeFile(orders, '0 0\n');
    await writeFile(
      wrapper,
      `#!/bin/sh\nLD_PRELOAD='${library}' LARDER_DISK_ORDERS='${orders}' exec '${program}' "$@"\n`,
    );
    await chmod(wrapper, 0o755);
    return new FaultyDisk(data, orders, wrapper);
  }

  /** How many bytes power losses have taken so far. */
  get lostBytes(): number {
    return this.cutBytes;
  }

  /** From now on a sync takes so much longer. */
  async slowDown(delayMs: number): Promise<void> {
    this.delayMs = delayMs;
    await this.order();
  }

  /** From now on nothing more fits on it, or again something. */
  async fill(isFull: boolean): Promise<void> {
    this.isFull = isFull;
    await this.order();
  }

  /** Takes from the append-only files what no sync has confirmed, and answers how many bytes. The server must be dead. */
  async losePower(): Promise<number> {
    const folder = join(this.data, 'appendonlydir');
    let cut = 0;
    for (const file of await readdir(folder)) {
      if (!file.endsWith('.incr.aof')) continue;
      const path = join(folder, file);
      const { size } = await stat(path);
      const synced = Math.min(await syncedOf(path), size);
      await truncate(path, synced);
      cut += size - synced;
    }
    this.cutBytes += cut;
    return cut;
  }

  private order(): Promise<void> {
    return writeFile(this.orders, `${this.delayMs} ${this.isFull ? 1 : 0}\n`, { flag: 'r+' });
  }
}

const syncedOf = async (path: string): Promise<number> => {
  try {
    return Number(await readFile(`${path}.synced`, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0; // it was never synced
    throw error;
  }
};
