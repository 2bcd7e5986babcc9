import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runCommand, runScript } from './command.mjs';

const INSTALLED = join(ROOT, 'node_modules', '.package-lock.json');

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** The packages that the lock file asks for and that are not installed so; optional ones may be for other platforms. */
const missingPackages = () => {
  const wanted = Object.entries(packagesOf(join(ROOT, 'package-lock.json'))).filter(([path]) => path !== '');
  if (!existsSync(INSTALLED)) return wanted.map(([path]) => path);
  const installed = packagesOf(INSTALLED);
  const isInstalled = ([path, { version, integrity, optional, devOptional }]) => {
    const found = installed[path];
    if (!found) return Boolean(optional ?? devOptional);
    return found.version === version && (integrity === undefined || found.integrity === integrity);
  };
  return wanted.filter((entry) => !isInstalled(entry)).map(([path]) => path);
};

/** Installs what the lock file asks for, unless it is there already. */
export const installPackages = async (signal) => {
  const missing = missingPackages();
  if (missing.length === 0) return;
  console.log(`Installing ${missing.length} packages; the first time this takes about a minute.`);
  // `ci` takes node_modules away first, from under whatever runs; `--no-save` keeps the lock file as it is.
  const how = existsSync(INSTALLED) ? ['install', '--no-save'] : ['ci'];
  const args = [...how, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const code = await (npm?.endsWith('.js') ? runScript(npm, args, { signal }) : runCommand('npm', args, { signal }));
  if (code !== 0) throw new Error(`npm ${args[0]} failed with code ${code}; what it printed above says why.`);
};
