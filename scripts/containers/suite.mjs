import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const SUITE = join('test', 'e2e');
const NAMES_URLS = /\bE2E_URLS\b/;
const RELATIVE_IMPORT = /from '(\.{1,2}\/[^']+)\.js'/g;

/** Whether a spec, or what it imports beside its own sources, takes the instances from `E2E_URLS`. */
const runsByUrl = (path, seen = new Set()) => {
  if (seen.has(path) || !path.startsWith('test')) return false;
  seen.add(path);
  const text = readFileSync(path, 'utf8');
  if (NAMES_URLS.test(text)) return true;
  return [...text.matchAll(RELATIVE_IMPORT)].some(([, name]) => runsByUrl(`${join(dirname(path), name)}.ts`, seen));
};

/**
 * The end-to-end specs that can run against instances they did not start, those that match a pattern.
 * @throws {Error} when there is none, so that a suite of other specs does not pass for one of the containers
 */
export const suiteByUrl = (patterns) => {
  const specs = readdirSync(SUITE, { recursive: true })
    .map((name) => join(SUITE, name))
    .filter(
      (path) => path.endsWith('spec.ts') && (patterns.length === 0 || patterns.some((part) => path.includes(part))),
    );
  const chosen = specs.filter((path) => runsByUrl(path));
  if (chosen.length === 0) throw new Error(`no spec in ${SUITE} takes its instances from E2E_URLS`);
  const others = specs.filter((path) => !chosen.includes(path)).map((path) => relative(SUITE, path));
  return { chosen, others };
};
