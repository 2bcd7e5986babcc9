export { resolveBinary, type Binary, type Search } from './binary/binary.resolve.js';
export {
  BinaryNotFoundError,
  HomeInUseError,
  LocalServersError,
  ServerStartError,
  type Ending,
  type Holder,
} from './errors.js';
export { readHomeFile, writeHomeFile } from './home/home.file.js';
export { HomeLock } from './home/home.lock.js';
export {
  readRunning,
  removeRunning,
  writeRunning,
  type JoinEnvironment,
  type RunningRecord,
} from './home/running.record.js';
export { LocalServers, type LocalServersOptions } from './local.servers.js';
export { reportOn, silent, type Report, type Transfer } from './progress.report.js';
export { LocalServer, type Place, type Role } from './server/local.server.js';
export { startMongo, type MongoOptions } from './server/mongo.server.js';
export { freePort, isClosedWithin, isListening } from './server/port.js';
export { startRedis, type RedisOptions } from './server/redis.server.js';
export { postSentry } from './server/sentry.js';
export { type ServerOptions } from './server/server.options.js';
