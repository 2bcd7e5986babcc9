import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

describe('check-imports', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'larder-imports-spec-'));
  });
  afterEach(() => rm(root, { recursive: true }));
  const verdictOn = async (files: Record<string, string>): Promise<string> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const answer = await run(process.execPath, ['scripts/check-imports.mjs', root]).catch(
      (error: unknown) => error as { stderr: string },
    );
    return answer.stderr;
  };

  it.each([
    ['a library of a higher layer', 'libs/caching/src/a.ts', "import '@larder/shop';", /may import no library of ours/],
    ['an app', 'libs/shop/src/a.ts', "import '../../../apps/api/src/app.js';", /reaches into apps\/api/],
    [
      'another library past its index',
      'libs/shop/src/a.ts',
      "import '@larder/caching/src/region';",
      /by its index\.ts alone/,
    ],
    [
      'another library by a path',
      'libs/shop/src/a.ts',
      "import '../../caching/src/index.js';",
      /reaches into libs\/caching/,
    ],
    ['a higher folder of caching', 'libs/caching/src/stores/a.ts', "import '../cache/b.js';", /upwards/],
    [
      'a folder beside it in caching',
      'libs/caching/src/write-behind/a.ts',
      "import type { B } from '../monitoring/b.js';",
      /sideways/,
    ],
    ['a folder without a layer', 'libs/caching/src/attic/a.ts', "import '../region/b.js';", /attic has no layer/],
    ['everything at once', 'libs/shop/src/a.ts', "export * from './b.js';", /has an `export \*`/],
    ['a folder of caching by import()', 'libs/caching/src/stores/a.ts', "void import('../cache/b.js');", /upwards/],
  ])('refuses %s', async (_, path, text, rule) => {
    const verdict = await verdictOn({ [path]: text });

    expect(verdict).toContain(path);
    expect(verdict).toMatch(rule);
  });

  it('refuses a circle that only types close', async () => {
    const verdict = await verdictOn({
      'libs/shop/src/a.ts': "import { b } from './b.js';",
      'libs/shop/src/b.ts': "import { c } from './c.js';",
      'libs/shop/src/c.ts': "import type { A } from './a.js';",
    });

    expect(verdict).toContain('libs/shop/src/a.ts ⇄ libs/shop/src/b.ts ⇄ libs/shop/src/c.ts');
  });

  it('refuses a file of more than 300 lines, and takes one of 300', async () => {
    const verdict = await verdictOn({
      'libs/shop/src/long.ts': '\n'.repeat(301),
      'libs/shop/src/full.ts': '\n'.repeat(300),
    });

    expect(verdict).toContain('libs/shop/src/long.ts');
    expect(verdict).not.toContain('full.ts');
  });

  it('takes what only goes down', async () => {
    const verdict = await verdictOn({
      'apps/api/src/app.ts': "import '@larder/shop';\nimport { x } from 'somewhere';",
      'libs/shop/src/a.ts': "import type { Region } from '@larder/caching';\nimport './b.js';",
      'libs/caching/src/stores/a.ts': "import '../region/b.js';\nimport '../errors.js';",
      'test/e2e/a.ts': "import '../../apps/api/src/app.js';",
    });

    expect(verdict).toBe('');
  });
});
