export { dieOnUnhandled } from './die-on-unhandled.js';
export { createLog, withoutSecrets } from './log.js';
export { QuietStartLogger } from './quiet-start.logger.js';
export { settingsOrExit } from './settings-or-exit.js';
export { stopOnSignals } from './stop-on-signals.js';
