import type { Settings } from '@larder/config';
import { createLog } from '@larder/process';
import type { Logger } from 'pino';
import { currentRequestId } from './request.context.js';

/** The log of the API: as every process's, and each line of a request carries its `reqId`. */
export const createApiLog = (settings: Settings): Logger =>
  createLog(settings, {
    mixin: () => {
      const reqId = currentRequestId();
      return reqId === undefined ? {} : { reqId };
    },
  });
