import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { createApp } from '../../../apps/api/src/app.js';
import { emptyDatabaseOf, testSettings } from '../api.js';
import { until } from '../until.js';
import { oncePerRun } from './run.folder.js';

const READY = { withinMs: 10_000 };

const started: NestFastifyApplication[] = [];

/** Starts so many APIs in this process, over the database and the servers that all specs of the run share. Answers their URLs. */
export const startInProcess = async (count: number): Promise<string[]> => {
  const uri = await oncePerRun('database', () => emptyDatabaseOf('end-to-end'));
  const apps = await Promise.all(
    Array.from({ length: count }, () => createApp(testSettings(uri), pino({ level: 'silent' }))),
  );
  started.push(...apps);
  await Promise.all(apps.map((app) => app.listen(0, '127.0.0.1')));
  await Promise.all(apps.map((app) => until(() => isReady(app), READY)));
  return apps.map((app) => `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`);
};

const isReady = async (app: NestFastifyApplication): Promise<boolean> =>
  (await app.inject('/health/ready')).json<{ status: string }>().status === 'ready';

/** Stops every API started here. */
export const stopInProcess = async (): Promise<void> => {
  await Promise.all(started.splice(0).map((app) => app.close()));
};
