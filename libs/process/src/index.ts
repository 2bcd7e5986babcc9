export { dieOnUnhandled } from './die-on-unhandled.js';
export { createLog, withoutSecrets } from './log.js';
export { stopOnSignals } from './stop-on-signals.js';
