export { loadSettings, loadStoreSettings, parseSettings, SettingsError } from './config.js';
export { durationMs } from './duration.js';
export type { RegionOverrides } from './regions.file.js';
export { Settings, StoreSettings, type Rate, type SigningKey } from './settings.js';
