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
 * The end-to-end specs, those that match a pattern.
 * @throws {Error} when there is none, or when one starts its own instances and so says nothing of the containers
 */
export const suiteByUrl = (patterns) => {
  const specs = readdirSync(SUITE, { recursive: true })
    .map((name) => join(SUITE, name))
    .filter(
      (path) => path.endsWith('spec.ts') && (patterns.length === 0 || patterns.some((part) => path.includes(part))),
    );
  if (specs.length === 0) throw new Error(`no spec in ${SUITE} matches ${patterns.join(' or ')}`);
  const others = specs.filter((path) => !runsByUrl(path)).map((path) => relative(SUITE, path));
  if (others.length > 0) throw new Error(`these specs of ${SUITE} do not take E2E_URLS: ${others.join(', ')}`);
  return specs;
};
