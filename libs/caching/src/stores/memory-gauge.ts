import { existsSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';

/** What V8 adds to the limit of the old generation for the young one: three semi-spaces of 16 MiB. */
const YOUNG_BYTES = 48 * 1_048_576;
/** Below this share of the container's memory it does not matter how much of it is cache of files. */
const WORTH_A_LOOK = 0.85;

/** The files of a memory controller, version 2 and 1. */
const CONTROLLERS = [
  { folder: '', limit: 'memory.max', usage: 'memory.current', files: 'inactive_file' },
  { folder: 'memory', limit: 'memory.limit_in_bytes', usage: 'memory.usage_in_bytes', files: 'total_inactive_file' },
] as const;

interface Container {
  readonly path: string;
  readonly limit: number;
  readonly usage: string;
  readonly files: string;
}

const bytesIn = (file: string): number => (existsSync(file) ? Number(readFileSync(file, 'utf8').trim()) : NaN);

/** Where this process stands in the hierarchy of a controller; `/` inside most containers. */
const placeOf = (list: string, controller: string): string =>
  list
    .split('\n')
    .map((line) => line.split(':'))
    .find(([, names]) => (names ?? '').split(',').includes(controller))
    ?.slice(2)
    .join(':') ?? '/';

const containersOf = (root: string, list: string): Container[] =>
  CONTROLLERS.flatMap(({ folder, limit, usage, files }) =>
    [join(root, folder, placeOf(list, folder)), join(root, folder)].map((path) => {
      return { path, limit: bytesIn(join(path, limit)), usage, files };
    }),
  ).filter(({ limit }) => limit > 0 && limit < totalmem());

/** How full the memory is that this process may use, as shares from 0 to 1 and above. */
export class MemoryGauge {
  private readonly container: Container | undefined;

  constructor({ cgroupRoot = '/sys/fs/cgroup', cgroupList = '/proc/self/cgroup' } = {}) {
    const list = existsSync(cgroupList) ? readFileSync(cgroupList, 'utf8') : '';
    this.container = containersOf(cgroupRoot, list)[0];
  }

  /** The heap, garbage and young objects included, against the limit of its old generation, into which all may move. */
  heapShare(): number {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    return used / (limit - YOUNG_BYTES);
  }

  /** What the container uses and cannot drop, against its limit; 0 without one. */
  containerShare(): number {
    if (!this.container) return 0;
    const { path, limit, usage, files } = this.container;
    const used = bytesIn(join(path, usage));
    if (!(used / limit >= WORTH_A_LOOK)) return Number.isNaN(used) ? 0 : used / limit;
    const stat = join(path, 'memory.stat');
    const lines = existsSync(stat) ? readFileSync(stat, 'utf8').split('\n') : [];
    const droppable = Number(lines.find((line) => line.startsWith(`${files} `))?.split(' ')[1] ?? 0);
    return (used - droppable) / limit;
  }
}
