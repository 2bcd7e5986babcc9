import { targetOf } from './source.files.mjs';
import { CACHING_LAYERS, LAYERS, LONGEST_FILE } from './table.mjs';

const partOf = (path) => {
  const [top, name] = path.split('/');
  return top === 'apps' || top === 'libs' ? `${top}/${name}` : top;
};
const isSpec = (path) => /[.-]spec\.ts$/.test(path);
const isOpen = (path) => ['test', 'bench', 'scripts'].includes(partOf(path));

const betweenParts = (path, specifier, target) => {
  if (isOpen(path)) return undefined;
  const [from, to] = [partOf(path), partOf(target)];
  if (/^@larder\//.test(specifier)) {
    const [top, name] = from.split('/');
    const allowed = LAYERS[top === 'apps' ? 'apps' : name] ?? [];
    const library = specifier.slice('@larder/'.length);
    if (allowed.includes(library)) return undefined;
    return `${from} may import ${allowed.map((each) => `@larder/${each}`).join(', ') || 'no library of ours'}. Move the code down, or hand the value in.`;
  }
  if (from === to) return undefined;
  return `${from} reaches into ${to}. Between libraries import @larder/<library>; an app or a test is imported by nobody.`;
};

const CACHING = 'libs/caching/src/';
const layerOf = (unit) => CACHING_LAYERS.findIndex((units) => units.includes(unit));

const insideCaching = (path, target) => {
  if (!path.startsWith(CACHING) || !target.startsWith(CACHING) || isSpec(path)) return undefined;
  const [from, to] = [path, target].map((each) => each.slice(CACHING.length).split('/')[0]);
  if (from === to) return undefined;
  const [own, other] = [layerOf(from), layerOf(to)];
  if (own < 0 || other < 0) return `${own < 0 ? from : to} has no layer. Give it one in scripts/imports/table.mjs.`;
  if (other < own) return undefined;
  // Files without a folder belong to the whole of their layer; circles are looked for anyway.
  if (other === own && [from, to].some((unit) => unit.endsWith('.ts'))) return undefined;
  const direction = other === own ? 'sideways' : 'upwards';
  return `${from} (layer ${own}) imports ${to} (layer ${other}), ${direction}. Import lower layers only: move what both need down.`;
};

const deepImport = (path, specifier) =>
  /^@larder\/[^/]+\/./.test(specifier)
    ? 'A library is imported by its index.ts alone: export the name there.'
    : undefined;

/** Groups of files that import each other, types included: strongly connected parts of more than one file. */
const circles = (edges) => {
  const [index, low, stack, found] = [new Map(), new Map(), [], []];
  const visit = (path) => {
    index.set(path, index.size);
    low.set(path, index.get(path));
    stack.push(path);
    for (const next of edges.get(path) ?? []) {
      if (!index.has(next)) {
        visit(next);
        low.set(path, Math.min(low.get(path), low.get(next)));
      } else if (stack.includes(next)) low.set(path, Math.min(low.get(path), index.get(next)));
    }
    if (low.get(path) !== index.get(path)) return;
    const group = stack.splice(stack.indexOf(path));
    if (group.length > 1 || edges.get(path)?.includes(path)) found.push(group);
  };
  for (const path of edges.keys()) if (!index.has(path)) visit(path);
  return found;
};

/** Every place where `sources` break a rule: `{ path, rule }`, the rule with its way out. */
export const brokenRules = (sources) => {
  const broken = [];
  const edges = new Map();
  for (const { path, lines, specifiers, exportsAll } of sources) {
    const report = (rule, specifier) =>
      rule && broken.push({ path: specifier ? `${path} → ${specifier}` : path, rule });
    if (lines > LONGEST_FILE)
      report(`It has ${lines} lines; ${LONGEST_FILE} are the most. Split it by what its parts are about.`);
    if (exportsAll) report('It has an `export *`. Name what it exports.');
    edges.set(path, []);
    for (const specifier of specifiers) {
      report(deepImport(path, specifier), specifier);
      const target = targetOf(path, specifier);
      if (target === undefined) continue;
      edges.get(path).push(target);
      report(betweenParts(path, specifier, target) ?? insideCaching(path, target), specifier);
    }
  }
  for (const group of circles(edges)) {
    const rule = 'These import each other, types included. Move what both need into a file below them.';
    broken.push({ path: group.join(' ⇄ '), rule });
  }
  return broken;
};
