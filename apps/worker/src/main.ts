import { NestFactory } from '@nestjs/core';
import { createLog, dieOnUnhandled, QuietStartLogger, settingsOrExit, stopOnSignals } from '@larder/process';
import { Logger as PinoLogger } from 'nestjs-pino';
import { WorkerModule } from './worker.module.js';

const settings = settingsOrExit();
const log = createLog(settings);
dieOnUnhandled(log);

const worker = await NestFactory.createApplicationContext(WorkerModule.with(settings, log), {
  bufferLogs: true,
  abortOnError: false,
});
worker.useLogger(new QuietStartLogger(worker.get(PinoLogger)));
stopOnSignals(log, () => worker.close());
log.info('working');
