import { existsSync } from 'node:fs';
import type { z } from 'zod';
import { Settings, StoreSettings } from './settings.js';

/** Some settings are missing or wrong. The message lists every one of them, never a secret's value. */
export class SettingsError extends Error {
  readonly code = 'SETTINGS_INVALID';
  constructor(readonly faults: readonly { name: string; fault: string }[]) {
    super(
      `These settings are missing or wrong:\n${faults.map(({ name, fault }) => `  ${name}: ${fault}`).join('\n')}\n` +
        'Set them in the environment or in .env; docs/operations.md says what each means.',
    );
    this.name = 'SettingsError';
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What is given, and what a schema makes of it; throws nothing. */
const read = <Shape extends z.ZodType>(schema: Shape, environment: Environment) => {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  const faults = (parsed.error?.issues ?? []).map((issue) => {
    const name = String(issue.path[0]);
    return { name, fault: given[name] === undefined ? 'is required' : issue.message };
  });
  return { given, parsed, faults };
};

/**
 * The settings in `environment`; an empty value counts as absent.
 * @throws {SettingsError} naming every setting that is missing or wrong
 */
export const parseSettings = (environment: Environment): Settings => {
  const { given, parsed, faults } = read(Settings, environment);
  if (given['NODE_ENV'] === 'production' && given['ADMIN_PASSWORD'] === undefined) {
    faults.push({ name: 'ADMIN_PASSWORD', fault: 'is required in production' });
  }
  if (!parsed.success || faults.length > 0) throw new SettingsError(faults);
  return parsed.data;
};

const environmentOfProcess = (): Environment => {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
};

/** The settings of this process: its environment, and `.env` for what the environment leaves open. */
export const loadSettings = (): Settings => parseSettings(environmentOfProcess());

/**
 * As `loadSettings`, for a process that works with the stores alone: it needs neither keys nor passwords.
 * @throws {SettingsError} naming every one of these settings that is missing or wrong
 */
export const loadStoreSettings = (): StoreSettings => {
  const { parsed, faults } = read(StoreSettings, environmentOfProcess());
  if (!parsed.success) throw new SettingsError(faults);
  return parsed.data;
};
