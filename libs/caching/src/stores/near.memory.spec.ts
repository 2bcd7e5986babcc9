import { transformFile } from '@swc/core';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HEAP_MIB = 96;
/** Several times what the heap has room for. */
const COPIES = 100_000;

const script = (gauge: string): string => `
import { NearStore } from './stores/near.store.js';
const shed = { entries: 0, bytes: 0, memory: 0 };
const near = new NearStore({ maxEntries: 1e7, maxBytes: 1e12 }, (_region, reason, count) => (shed[reason] += count) ${gauge});
const body = Buffer.from('{}');
const times = { version: 0, freshUntil: 9e15, staleUntil: 9e15, errorUntil: 9e15, writtenAt: 0, costMs: 0 };
const keep = (id) => {
  const value = Array.from({ length: 30 }, (_, field) => ({ field, text: 'value ' + id + field }));
  const name = 'product.1:' + id;
  const envelope = { ...times, validator: 'v', tags: [], body };
  const never = { freshUntil: Infinity, refreshAfter: Infinity, uselessAfter: Infinity };
  near.keep(name, near.lease(name).token, { envelope, value, region: 'product', ...never });
};
for (let id = 0; id < ${COPIES}; id += 1) {
  keep(id);
  if (id % 1_000 === 0) await new Promise(setImmediate);
}
console.log(JSON.stringify({ size: near.size, shed, evictions: near.evictions.get('product') }));
near.close();
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'near-memory-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const part of ['stores', 'region']) {
    const from = join(import.meta.dirname, '..', part);
    await mkdir(join(folder, part));
    for (const file of (await readdir(from)).filter((file) => /^(?!.*\.spec).*\.ts$/.test(file))) {
      const { code } = await transformFile(join(from, file), {
        swcrc: false,
        module: { type: 'es6' },
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      });
      await writeFile(join(folder, part, file.replace(/\.ts$/, '.js')), code);
    }
  }
});
afterAll(() => rm(folder, { recursive: true }));

const run = async (gauge: string): Promise<{ failed: boolean; out: string; said: string }> => {
  const file = join(folder, gauge === '' ? 'guarded.js' : 'blind.js');
  await writeFile(file, script(gauge));
  return new Promise((resolve) => {
    execFile(process.execPath, [`--max-old-space-size=${HEAP_MIB}`, file], { cwd: folder }, (error, out, said) =>
      resolve({ failed: error !== null, out, said }),
    );
  });
};

describe('a near store in a process of little memory', () => {
  it('sheds instead of dying, and says why', async () => {
    const { failed, out, said } = await run('');

    expect({ failed, said }).toEqual({ failed: false, said: '' });
    const { size, shed, evictions } = JSON.parse(out) as { size: number; shed: object; evictions: object };
    expect(size).toBeGreaterThan(1_000);
    expect(shed).toEqual({ entries: 0, bytes: 0, memory: COPIES - size });
    expect(evictions).toEqual(shed);
  }, 120_000);

  it('dies where it does not look, which proves the test above', async () => {
    const { failed, said } = await run(', { heapShare: () => 0, containerShare: () => 0 }');

    expect(failed).toBe(true);
    expect(said).toContain('heap out of memory');
  }, 120_000);
});
