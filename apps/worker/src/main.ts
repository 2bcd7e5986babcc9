import { NestFactory } from '@nestjs/core';
import { loadSettings } from '@larder/config';
import { createLog, dieOnUnhandled, stopOnSignals } from '@larder/process';
import { Logger as PinoLogger } from 'nestjs-pino';
import { WorkerModule } from './worker.module.js';

const settings = loadSettings();
const log = createLog(settings);
dieOnUnhandled(log);

const worker = await NestFactory.createApplicationContext(WorkerModule.with(settings, log), {
  bufferLogs: true,
  abortOnError: false,
});
worker.useLogger(worker.get(PinoLogger));
stopOnSignals(log, () => worker.close());
log.info('working');
