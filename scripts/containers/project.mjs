import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

const freePorts = async (count) => {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
};

/** Three numbers of a private network that no interface of this machine is in. */
const freePrefix = () => {
  const taken = Object.values(networkInterfaces()).flatMap((addresses) => addresses.map(({ address }) => address));
  for (;;) {
    const prefix = `10.${randomInt(200, 250)}.${randomInt(256)}`;
    if (!taken.some((address) => address.startsWith(`${prefix}.`))) return prefix;
  }
};

/**
 * One run's own project: a name, ports, network and secrets that no other Larder on this machine uses.
 * `env` is what the compose file reads, `urls` the proxy and then each instance.
 */
export const newProject = async () => {
  const [proxy, api1, api2] = await freePorts(3);
  const secret = randomBytes(32).toString('hex');
  const env = {
    LARDER_IMAGE: 'larder:test',
    PROXY_IMAGE: 'larder-proxy:test',
    PUBLISH_ADDRESS: '127.0.0.1',
    PORT: String(proxy),
    API1_PORT: String(api1),
    API2_PORT: String(api2),
    NETWORK_PREFIX: freePrefix(),
    ADMIN_EMAIL: 'admin@larder.test',
    ADMIN_PASSWORD: `local-only-${secret.slice(0, 24)}`,
    ACCESS_TOKEN_KEYS: `local-only:${secret}`,
  };
  const urls = [proxy, api1, api2].map((port) => `http://127.0.0.1:${port}`);
  return { name: `larder-test-${process.pid}`, env, urls };
};
