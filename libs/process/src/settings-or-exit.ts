import { loadSettings, type Settings, SettingsError } from '@larder/config';

/** The settings of this process; where some are missing or wrong, says which on standard error and exits with 1. */
export const settingsOrExit = (): Settings => {
  try {
    return loadSettings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
};
