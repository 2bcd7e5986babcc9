import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runScript } from './command.mjs';

const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, '.sources.sha256');
const CONFIGURATION = ['nest-cli.json', 'tsconfig.json', '.swcrc', 'package-lock.json'];

const isSource = (path) => /\.(ts|lua|json)$/.test(path) && !path.endsWith('.spec.ts');

const sources = () =>
  ['apps', 'libs']
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true }).map((path) => join(folder, path)))
    .filter(isSource)
    .sort();

const fingerprint = () => {
  const hash = createHash('sha256');
  for (const path of [...CONFIGURATION, ...sources()]) hash.update(`${path}\0`).update(readFileSync(join(ROOT, path)));
  return hash.digest('hex');
};

/** Removes what was built from sources that are no more. */
const removeStale = () => {
  for (const path of readdirSync(DIST, { recursive: true })) {
    const source = path.replace(/\.js$/, '.ts');
    if (!path.endsWith('.js') || existsSync(join(ROOT, source))) continue;
    for (const end of ['.js', '.js.map', '.d.ts']) rmSync(join(DIST, path.replace(/\.js$/, end)), { force: true });
  }
};

/** Builds apps and libraries into dist, unless dist was built from these very sources. */
export const buildSources = async (signal) => {
  const wanted = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  console.log('Building.');
  const nest = join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const code = await runScript(nest, ['build', '--all', '-b', 'swc'], { quiet: true, signal });
  if (code !== 0) throw new Error(`The build failed with code ${code}; what it printed above says where.`);
  removeStale();
  writeFileSync(STAMP, wanted);
};
