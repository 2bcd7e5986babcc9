import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const READS_STREAM = /\bxread\b/i;

/** A way to a Redis on which what some connections are answered can be held back, while everything else goes through. */
export interface BusRelay {
  readonly url: string;
  /** Whether an answer has come that is held back. */
  readonly isHolding: boolean;
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

/** Opens a relay to the Redis at `url`, for connections that send what `asked` matches: those that read streams. */
export const aBusRelay = async (url: string, asked = READS_STREAM): Promise<BusRelay> => {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const streams = new Set<Socket>();
  let isHeld = false;
  const server = createServer((client) => {
    const redis = connect(Number(port), hostname);
    for (const socket of [client, redis]) {
      sockets.add(socket);
      // The other end of a broken connection is told by its own end; nothing is lost that a test asks for.
      socket.on('error', () => socket.destroy());
    }
    client.on('data', (bytes) => {
      if (asked.test(bytes.toString('latin1'))) {
        streams.add(redis);
        if (isHeld) redis.pause();
      }
      redis.write(bytes);
    });
    redis.on('data', (bytes) => client.write(bytes));
    client.on('close', () => redis.destroy());
    redis.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    get isHolding() {
      return isHeld && [...streams].some(({ readableLength }) => readableLength > 0);
    },
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: () => {
      isHeld = true;
      for (const redis of streams) redis.pause();
    },
    release: () => {
      isHeld = false;
      for (const redis of streams) redis.resume();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
