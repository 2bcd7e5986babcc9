import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The root of the repository. */
export const ROOT = resolve(import.meta.dirname, '..', '..');

/** The text of a file of the repository. */
export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The files below `folder` whose path passes `test`, as paths in the repository. */
export const filesBelow = (folder: string, test: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path}`)
    .filter((path) => test.test(path))
    .sort();

/** Every document, as a path in the repository. */
export const documents = (): string[] => [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...filesBelow('docs', /\.md$/),
  'libs/caching/README.md',
];

const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

/**
 * The rows of every table of a page whose first column has this header.
 * @throws {Error} the page has no such table
 */
export const rowsUnder = (path: string, header: string): string[][] => {
  const lines = textOf(path).split('\n');
  const starts = lines.flatMap((line, at) => (line.startsWith(`| ${header} |`) ? [at + 2] : []));
  if (starts.length === 0) throw new Error(`${path} has no table whose first column is "${header}".`);
  return starts.flatMap((start) => {
    const after = lines.slice(start);
    const end = after.findIndex((line) => !line.startsWith('|'));
    return after.slice(0, end < 0 ? undefined : end).map(cellsOf);
  });
};

/** A cell without its code marks, or the text of its link. */
export const plain = (cell = ''): string => cell.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');

/** The anchors of a page: its headings as GitHub spells them. */
export const anchorsOf = (text: string): Set<string> =>
  new Set(
    Array.from(text.matchAll(/^#{1,6} (.*)$/gm), ([, heading = '']) =>
      plain(heading)
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );
