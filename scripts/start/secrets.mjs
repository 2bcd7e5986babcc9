import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

const KEY_BYTES = 48;
const PASSWORD_BYTES = 15;
const REQUIRED = ['MONGODB_URI', 'REDIS_URL', 'QUEUE_REDIS_URL', 'ACCESS_TOKEN_KEYS', 'ADMIN_PASSWORD'];

/** In production nothing is started locally and nothing is generated: what is missing is an error that names it. */
export const refuseGaps = (environment) => {
  if (environment.NODE_ENV !== 'production') return;
  const missing = REQUIRED.filter((name) => environment[name] === undefined);
  if (missing.length === 0) return;
  throw new Error(
    `In production nothing is started locally and nothing is generated. Missing: ${missing.join(', ')}.\n` +
      'Set them in the environment or in .env; or unset NODE_ENV to run Larder for development.',
  );
};

/** What signs tokens and signs the administrator in: given, else generated once and kept in the home for its owner only. */
export const secretsFor = async (environment, home, { readHomeFile, writeHomeFile }) => {
  const { ACCESS_TOKEN_KEYS, ADMIN_PASSWORD, ADMIN_EMAIL = 'admin@larder.test' } = environment;
  if (ACCESS_TOKEN_KEYS !== undefined && ADMIN_PASSWORD !== undefined) {
    return { ACCESS_TOKEN_KEYS, ADMIN_PASSWORD, ADMIN_EMAIL };
  }
  const file = join(home, 'secrets.json');
  const kept = (await readHomeFile(file)) ?? {};
  const secrets = {
    ACCESS_TOKEN_KEYS: kept.ACCESS_TOKEN_KEYS ?? `local:${randomBytes(KEY_BYTES).toString('base64url')}`,
    ADMIN_PASSWORD: kept.ADMIN_PASSWORD ?? randomBytes(PASSWORD_BYTES).toString('base64url'),
  };
  await writeHomeFile(file, secrets);
  return {
    ACCESS_TOKEN_KEYS: ACCESS_TOKEN_KEYS ?? secrets.ACCESS_TOKEN_KEYS,
    ADMIN_PASSWORD: ADMIN_PASSWORD ?? secrets.ADMIN_PASSWORD,
    ADMIN_EMAIL,
  };
};
