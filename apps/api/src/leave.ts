import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Readiness } from './health/readiness.js';

const SEEN_AS_LEAVING_MS = 250;

/** `/health/ready` says 503, then nothing new is accepted, what is in flight is answered, and everything is closed. */
export const leave = async (app: NestFastifyApplication): Promise<void> => {
  app.get(Readiness).leave();
  // Whoever balances load has to see the 503 while the port is still open.
  await new Promise((resolve) => setTimeout(resolve, SEEN_AS_LEAVING_MS));
  // Before anything else is closed: a request in flight may note what is sent behind its answer.
  await app.getHttpAdapter().close();
  await app.close();
};
