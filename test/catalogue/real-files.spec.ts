import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyDatabaseOf } from '../support/api.js';
import { aFile, rejectsOf, run } from './import.run.js';

const IKEA = join('..', 'shared', 'data', 'catalog-ikea.csv');
const MAPPING = [
  'id=item_id',
  'description=short_description',
  'attributes.width=width',
  'attributes.designer=designer',
];
const WORDS = [
  ...MAPPING.flatMap((pair) => ['--map', pair]),
  '--delimiter',
  ';',
  '--decimal',
  ',',
  '--currency',
  'SAR',
];
const whereGiven = existsSync(IKEA) ? it : it.skip;

describe('files as shops have them', () => {
  let env: Record<string, string>;
  beforeAll(async () => {
    env = { MONGODB_URI: await emptyDatabaseOf(import.meta.filename) };
  });

  whereGiven(`a scraped catalogue, twice (skipped where ${IKEA} is absent)`, async () => {
    const file = await aFile('');
    await copyFile(IKEA, file);

    const startedAt = performance.now();
    const first = await run({ words: [file, ...WORDS], env });
    const seconds = (performance.now() - startedAt) / 1_000;
    const second = await run({ words: [file, ...WORDS], env });

    expect(first.report).toEqual({ read: 3_694, inserted: 2_962, updated: 0, unchanged: 0, rejected: 0 });
    expect(second.report).toEqual({ read: 3_694, inserted: 0, updated: 0, unchanged: 2_962, rejected: 0 });
    expect(await rejectsOf(file)).toBeUndefined();
    expect(3_694 / seconds).toBeGreaterThan(200); // alone on a machine: above 1,500, most of it start-up
  });

  it('a file much larger than the memory it may take, whose products are spread all over it', async () => {
    const text = 'spread all over the file '.repeat(30);
    const rows = Array.from(
      { length: 60_000 },
      (_, row) => `id-${row % 3_000},Name,Category ${row % 7},5.00,${text}\n`,
    );
    const file = await aFile(`id,name,category,price,description\n${rows.join('')}`);
    // The kernel's own peak counts the parent in, as it was when it forked.
    const tellMemory = `data:text/javascript,let most=0;
      setInterval(()=>{most=Math.max(most,process.memoryUsage.rss())},20).unref();
      process.on("exit",()=>console.error("peak:"+most))`;
    const nodeFlags = ['--max-old-space-size=112', '--max-semi-space-size=4', '--import', tellMemory];

    const { report, said } = await run({ words: [file], env, nodeFlags });

    expect(report).toEqual({ read: 60_000, inserted: 3_000, updated: 0, unchanged: 0, rejected: 0 });
    expect(Number(/peak:(\d+)/.exec(said)?.[1])).toBeLessThan(256 * 2 ** 20);
  });
});
