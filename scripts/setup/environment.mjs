import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from './command.mjs';

/** The environment, with `.env` for what it leaves open; an empty value counts as absent. */
export const readEnvironment = () => {
  process.chdir(ROOT);
  const file = join(ROOT, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
};

/** The folder of local data. */
export const homeOf = (environment) => resolve(ROOT, environment.LARDER_HOME ?? '.larder');

/** The library that runs the local servers; there once `prepare` is through. */
export const loadLocalServers = () => import(join(ROOT, 'dist', 'libs', 'local-servers', 'src', 'index.js'));
