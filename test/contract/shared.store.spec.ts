import type { LocalServer } from '@larder/local-servers';
import { SharedStore } from '../../libs/caching/src/stores/shared.store.js';
import { SharedConnection } from '../../libs/caching/src/topology/shared-connection.js';
import { aRedis } from '../support/local.server.js';
import { until } from '../support/until.js';
import { storeContract } from './store.contract.js';

let redis: LocalServer;
const open: SharedConnection[] = [];

beforeAll(async () => {
  redis = await aRedis({ role: 'cache' });
});
afterEach(() => open.splice(0).forEach((connection) => connection.close()));
afterAll(() => redis.stop());

storeContract('the shared store', async () => {
  const connection = new SharedConnection(redis.url, 2_000, () => undefined);
  open.push(connection);
  await until(() => connection.isAvailable && connection.client.status === 'ready', { withinMs: 5_000 });
  await connection.use((client) => client.flushall());
  return new SharedStore(connection, 'node');
});
