import cluster from 'node:cluster';
import { dieOnUnhandled, settingsOrExit, stopOnSignals } from '@larder/process';
import { createApp } from './app.js';
import { createApiLog } from './http/api.log.js';
import { leave } from './leave.js';

const settings = settingsOrExit();
const log = createApiLog(settings);
dieOnUnhandled(log);

const app = await createApp(settings, log);
stopOnSignals(log, () => leave(app));
await app.listen(settings.PORT, settings.HOST);
log.info({ url: await app.getUrl(), ...(cluster.worker && { worker: cluster.worker.id }) }, 'listening');
