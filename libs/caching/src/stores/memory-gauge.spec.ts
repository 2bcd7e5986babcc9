import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MemoryGauge } from './memory-gauge.js';

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

const aContainer = async (files: Record<string, string>, list: string): Promise<MemoryGauge> => {
  const root = await mkdtemp(join(tmpdir(), 'cgroup-'));
  folders.push(root);
  for (const [file, text] of Object.entries({ ...files, list })) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  return new MemoryGauge({ cgroupRoot: root, cgroupList: join(root, 'list') });
};

const MEBIBYTE = 1_048_576;

describe('the memory gauge', () => {
  it('reads a container of version 2, without what it keeps of files', async () => {
    const gauge = await aContainer(
      {
        'app/memory.max': `${100 * MEBIBYTE}\n`,
        'app/memory.current': `${95 * MEBIBYTE}\n`,
        'app/memory.stat': `anon 1\ninactive_file ${20 * MEBIBYTE}\n`,
      },
      '0::/app\n',
    );

    expect(gauge.containerShare()).toBeCloseTo(0.75);
  });

  it('reads a container of version 1 whose place in the hierarchy is hidden from it', async () => {
    const gauge = await aContainer(
      {
        'memory/memory.limit_in_bytes': `${200 * MEBIBYTE}\n`,
        'memory/memory.usage_in_bytes': `${190 * MEBIBYTE}\n`,
        'memory/memory.stat': `total_inactive_file ${10 * MEBIBYTE}\n`,
      },
      '5:cpu:/docker/abc\n4:memory:/docker/abc\n0::/\n',
    );

    expect(gauge.containerShare()).toBeCloseTo(0.9);
  });

  it.each(['max\n', '9223372036854771712\n'])('knows no limit in %j, and none without a container', async (limit) => {
    const unlimited = await aContainer({ 'memory.max': limit, 'memory.current': '1\n' }, '0::/\n');
    const none = await aContainer({}, '');

    expect([unlimited.containerShare(), none.containerShare()]).toEqual([0, 0]);
  });

  it('measures the heap between empty and full', () => {
    expect(new MemoryGauge().heapShare()).toBeGreaterThan(0.001);
    expect(new MemoryGauge().heapShare()).toBeLessThan(1);
  });
});
