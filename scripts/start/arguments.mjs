import { parseArgs } from 'node:util';

const TOPOLOGIES = ['standalone'];
const MOST_INSTANCES = 32;

/** What `npm start` takes. */
export const USAGE = `Usage: npm start [-- OPTION…]

Installs and builds what has changed, starts real MongoDB and Redis unless their URLs are given, fills an empty
database with a sample catalogue, starts the API and the worker, and stops it all on Ctrl-C.

  --instances N        runs N API processes on one port, 1 to ${MOST_INSTANCES}; 1 by default
  --topology NAME      the layout of the local Redis: ${TOPOLOGIES.join(', ')}
  --empty              leaves an empty database empty
  --help               prints this

Settings are read from the environment and from .env: PORT, HOST, MONGODB_URI, REDIS_URL, QUEUE_REDIS_URL, LARDER_HOME,
ADMIN_EMAIL, ADMIN_PASSWORD and more.`;

/** The arguments are wrong; the message says how. */
export class UsageError extends Error {}

const OPTIONS = {
  instances: { type: 'string', default: '1' },
  topology: { type: 'string', default: 'standalone' },
  empty: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

const parsed = (args) => {
  try {
    return parseArgs({ args, options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error.message, { cause: error });
  }
};

/**
 * The arguments of `npm start`.
 * @throws {UsageError} one is unknown or wrong
 */
export const readArguments = (args) => {
  const { instances, topology, empty, help } = parsed(args);
  const count = /^\d{1,2}$/.test(instances) ? Number(instances) : 0;
  if (count < 1 || count > MOST_INSTANCES) {
    throw new UsageError(`--instances ${instances}: expected a number from 1 to ${MOST_INSTANCES}.`);
  }
  if (!TOPOLOGIES.includes(topology)) {
    throw new UsageError(`--topology ${topology}: there is ${TOPOLOGIES.join(', ')}. For others, set REDIS_URL.`);
  }
  return { instances: count, isEmpty: empty, isHelp: help };
};
