import { NestApplicationContextOptions } from '@nestjs/common/interfaces/nest-application-context-options.interface.js';
import { NestFactory } from '@nestjs/core';
import { loadSettings } from '@larder/config';
import { createLog, dieOnUnhandled, stopOnSignals } from '@larder/process';
import { Logger as PinoLogger } from 'nestjs-pino';
import { WorkerModule } from './worker.module.js';

const settings = loadSettings();
const log = createLog(settings);
dieOnUnhandled(log);

const options = Object.assign(new NestApplicationContextOptions(), { bufferLogs: true, abortOnError: false });
const worker = await NestFactory.createApplicationContext(WorkerModule.with(settings, log), options);
worker.useLogger(worker.get(PinoLogger));
stopOnSignals(log, () => worker.close());
log.info('working');
