import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from '@larder/config';
import { QuietStartLogger } from '@larder/process';
import { Logger as PinoLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { Readiness } from './health/readiness.js';
import { setAnswerHeaders } from './http/answer.headers.js';
import { answerNotModified } from './http/conditional.read.js';
import { createAdapter } from './http/fastify.adapter.js';
import { acceptJsonOnly } from './http/json.body.js';
import { guardRoutes } from './http/known.routes.js';
import { createApiLog } from './http/api.log.js';
import { ApiDocument } from './http/api.document.js';
import { ProblemFilter } from './http/problem.filter.js';
import { logRequests } from './http/request.log.js';
import { RequestValidationPipe } from './http/validation.pipe.js';

const MOST_CONNECTIONS = 10_000;

/** The whole API, initialised and not listening yet: the one way to build it, in production and in tests alike. */
export const createApp = async (
  settings: Settings,
  log: Logger = createApiLog(settings),
): Promise<NestFastifyApplication> => {
  const adapter = createAdapter(settings);
  const fastify = adapter.getInstance();
  logRequests(fastify, log);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(settings, log), adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(new QuietStartLogger(app.get(PinoLogger)));
  guardRoutes(fastify);
  acceptJsonOnly(fastify);
  answerNotModified(fastify);
  const readiness = app.get(Readiness);
  setAnswerHeaders(fastify, () => readiness.isLeaving);
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(new RequestValidationPipe());
  app.get(ApiDocument).describe(app);
  app.getHttpServer().maxConnections = MOST_CONNECTIONS;
  await app.init();
  await fastify.ready();
  return app;
};
