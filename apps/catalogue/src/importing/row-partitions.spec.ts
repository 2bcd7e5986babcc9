import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RowPartitions } from './row-partitions.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partitions-'));
});
afterAll(() => rm(folder, { recursive: true }));

const linesPerPartition = async (partitions: RowPartitions): Promise<string[][]> => {
  const all: string[][] = [];
  for (const partition of partitions.all()) {
    const lines: string[] = [];
    for await (const batch of partition) lines.push(...batch);
    all.push(lines);
  }
  return all;
};

const numberOf = (line: string): number => Number(line.split(' ')[1]);

describe('bringing rows together', () => {
  it('gives back every line once, in order by key, one key in one partition, also when most went through the disk', async () => {
    const partitions = new RowPartitions(folder, 40_000_000);
    const filler = 'é'.repeat(200);
    for (let line = 0; line < 60_000; line += 1)
      await partitions.add(`key-${line % 1_000}`, `${line % 1_000} ${line} ${filler}`);

    const all = await linesPerPartition(partitions);
    await partitions.close();

    expect(all.flat()).toHaveLength(60_000);
    expect(all.length).toBeGreaterThan(5);
    for (const lines of all) expect(lines).toEqual(lines.toSorted((a, b) => numberOf(a) - numberOf(b)));
    const keys = all.map((lines) => new Set(lines.map((line) => line.split(' ')[0])));
    expect(new Set(keys.flatMap((some) => [...some])).size).toBe(1_000);
    expect(keys.reduce((count, some) => count + some.size, 0)).toBe(1_000);
  });

  it('leaves nothing in its folder, not even while it works', async () => {
    const partitions = new RowPartitions(folder, 40_000_000);
    for (let line = 0; line < 6_000; line += 1) await partitions.add(`${line}`, 'x'.repeat(1_000));

    expect(await readdir(folder)).toEqual([]);
    await partitions.close();
  });
});
