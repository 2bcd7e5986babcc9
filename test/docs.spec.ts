import { existsSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { jest } from '@jest/globals';
import { Settings } from '@larder/config';
import { DatabaseUnavailableError } from '@larder/shop';
import type ts from 'typescript';
import { problemOf, statusOf } from '../apps/api/src/http/problem.js';
import { anchorsOf, documents, filesBelow, plain, ROOT, rowsUnder, textOf } from './support/documents.js';
import { faultsOf, optionsOf, programOf, snippets } from './support/snippets.js';

jest.setTimeout(120_000);

const STRATEGIES = filesBelow('libs/caching/src/strategies', /\.interceptor\.ts$/);
const SOURCES = ['apps', 'libs'].flatMap((folder) => filesBelow(folder, /(?<!spec)\.ts$/));
const decoratorOf = (path: string): string =>
  basename(path, '.interceptor.ts').replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

describe('the TypeScript in the documents', () => {
  const list = snippets();
  let program: ts.Program;
  beforeAll(() => {
    program = programOf(list, STRATEGIES);
  });

  it('compiles against the libraries as they are', () => {
    expect(list.length).toBeGreaterThan(5);
    expect(faultsOf(program, list)).toEqual([]);
  });

  it('would not pass with a method that does not fit its region', () => {
    const text = [
      "import { ReadThrough } from '@larder/caching';",
      "import { productById } from '@larder/shop';",
      'export class Wrong {',
      '  @ReadThrough(productById)',
      '  find({ id }: { id: number }): Promise<null> { return Promise.resolve(id === 0 ? null : null); }',
      '}',
    ].join('\n');
    const wrong = [{ place: 'here', text }];

    expect(faultsOf(programOf(wrong), wrong)).toEqual([expect.stringMatching(/^here, line 4 of the block/)]);
  });

  it.each(STRATEGIES)('has every option of %s on its page, with what is required', (path) => {
    const page = `docs/strategies/${basename(path, '.interceptor.ts')}.md`;
    const told = rowsUnder(page, 'option').map(([name, byDefault]) => [plain(name), byDefault === 'required']);

    expect(Object.fromEntries(told)).toEqual(optionsOf(program, path, decoratorOf(path)));
  });
});

describe('the pages of strategies', () => {
  it('are one for each strategy', () => {
    const pages = filesBelow('docs/strategies', /\.md$/).map((path) => basename(path, '.md'));
    expect(pages).toEqual(STRATEGIES.map((path) => basename(path, '.interceptor.ts')));
  });
});

describe('the table of errors', () => {
  const rows = rowsUnder('docs/errors.md', 'code').map(([code, status = '']) => [plain(code), status] as const);

  it('has every code that the source raises, once, and no other', () => {
    const raised = SOURCES.flatMap((path) =>
      Array.from(textOf(path).matchAll(/readonly code = '([A-Z_]+)'/g), ([, code]) => code),
    );
    expect(rows.map(([code]) => code).sort()).toEqual(raised.sort());
  });

  it('has the status that a client sees', () => {
    const away = problemOf(new DatabaseUnavailableError('a test'), 'id').body.status;
    const seen = rows.filter(([, status]) => /^\d+$/.test(status));
    const actual = seen.map(([code]) => [code, String(code === 'DATABASE_UNAVAILABLE' ? away : statusOf(code))]);
    expect(seen).toEqual(actual);
  });

  it('has every code that the API gives a status', () => {
    const given = Array.from(
      textOf('apps/api/src/http/problem.ts').matchAll(/^ {2}([A-Z_]+): \d{3},$/gm),
      ([, code]) => code,
    );
    expect(given.length).toBeGreaterThan(10);
    expect(rows.filter(([, status]) => /^\d+$/.test(status)).map(([code]) => code)).toEqual(
      expect.arrayContaining(given),
    );
  });
});

describe('the table of settings', () => {
  it('is what libs/config has; else run node scripts/docs-settings.mjs', async () => {
    const { withSettings } = (await import(join(ROOT, 'scripts/docs/settings.table.mjs'))) as {
      withSettings: (page: string, settings: unknown) => string;
    };
    const page = textOf('docs/operations.md');
    expect(withSettings(page, Settings)).toBe(page);
  });

  it('says which settings nothing uses', () => {
    const code = SOURCES.filter((path) => path !== 'libs/config/src/settings.ts')
      .map((path) => textOf(path).replace(/^\s*(?:\/?\*|\/\/).*$/gm, ''))
      .join('\n');
    const unused = Object.keys(Settings.shape).filter((name) => !new RegExp(`\\b${name}\\b`).test(code));
    const [, told = ''] = /used by nothing in this version: ([^.]*)\./.exec(textOf('docs/operations.md')) ?? [];
    expect(Array.from(told.matchAll(/`([A-Z_]+)`/g), ([, name]) => name).sort()).toEqual(unused.sort());
  });
});

describe('the table of layers', () => {
  it('is the one that the imports are held to', async () => {
    const { LAYERS, CACHING_LAYERS } = (await import(join(ROOT, 'scripts/imports/table.mjs'))) as {
      LAYERS: Record<string, string[]>;
      CACHING_LAYERS: string[][];
    };
    const parts = rowsUnder('docs/architecture.md', 'part').map(([part, imports]) => [
      plain(part).replace(/^libs\/|\/\*$/g, ''),
      Array.from(plain(imports).matchAll(/@larder\/([a-z-]+)/g), ([, library]) => library),
    ]);
    const layers = rowsUnder('docs/architecture.md', 'layer').map(([, units]) => plain(units).split(', '));

    expect(Object.fromEntries(parts)).toEqual(LAYERS);
    expect(layers).toEqual(CACHING_LAYERS);
  });
});

describe('the documents', () => {
  it('link to what is there', () => {
    const broken = documents().flatMap((path) => {
      const text = textOf(path).replace(/^```[\s\S]*?^```$/gm, '');
      const links = Array.from(text.matchAll(/\]\((?!\w+:)([^)\s]*)\)/g), ([, link = '']) => link);
      return links.filter((link) => !leadsSomewhere(path, link)).map((link) => `${path}: ${link}`);
    });
    expect(broken).toEqual([]);
  });

  it('name files that are there', () => {
    const named = /`((?:apps|libs|scripts|test|docs|docker)\/[\w./-]+\.(?:ts|mjs|md|lua))`/g;
    const missing = documents().flatMap((path) =>
      Array.from(textOf(path).matchAll(named), ([, file = '']) => file)
        .filter((file) => !existsSync(join(ROOT, file)))
        .map((file) => `${path}: ${file}`),
    );
    expect(missing).toEqual([]);
  });

  it('list every decision', () => {
    const index = textOf('docs/decisions/README.md');
    const pages = filesBelow('docs/decisions', /\/\d{4}-[^/]*\.md$/);
    for (const path of pages) {
      const [, number, title] = /^# (\d{4}) (.*)$/m.exec(textOf(path)) ?? [];
      expect(index).toContain(`- [${String(number)} ${String(title)}](${basename(path)})`);
    }
    expect(index.match(/^- \[/gm)).toHaveLength(pages.length);
  });
});

const leadsSomewhere = (from: string, link: string): boolean => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : normalize(join(dirname(from), path));
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(textOf(target)).has(anchor);
};
