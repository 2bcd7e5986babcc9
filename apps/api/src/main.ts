import cluster from 'node:cluster';
import { loadSettings, type Settings, SettingsError } from '@larder/config';
import { createApp } from './app.js';
import { createLog } from './http/log.js';
import { stopOnSignals } from './shutdown.js';

const readSettings = (): Settings => {
  try {
    return loadSettings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
};

const settings = readSettings();
const log = createLog(settings);

// Ends the process: whatever state it is in was not foreseen, and whoever watches it starts another.
process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'unhandled error');
  process.exit(1);
});

const app = await createApp(settings, log);
stopOnSignals(app, log);
await app.listen(settings.PORT, settings.HOST);
log.info({ url: await app.getUrl(), ...(cluster.worker && { worker: cluster.worker.id }) }, 'listening');
