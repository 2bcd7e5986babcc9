import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const HOST = '127.0.0.1';
// Below the range from which kernels take the ports of outgoing connections: a server that was killed finds its port
// free when it comes back, however many clients have knocked meanwhile.
const FIRST_PORT = 20_000;
const PAST_LAST_PORT = 32_000;
const ATTEMPTS = 100;
const LOOK_EVERY_MS = 20;

const canListen = async (port: number): Promise<boolean> => {
  const server = createServer().listen(port, HOST);
  const outcome = await Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(() => false),
  ]).catch(() => false);
  server.close();
  return outcome;
};

/** A port of 127.0.0.1 on which nobody listens at this moment. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST_PORT, PAST_LAST_PORT);
    if (await canListen(port)) return port;
  }
  throw new Error(
    `No free port between ${FIRST_PORT} and ${PAST_LAST_PORT} on ${HOST}: end some of the servers there.`,
  );
};

/** Whether somebody accepts connections on this port of 127.0.0.1. */
export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, HOST);
    const answer = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });

/** Answers whether nobody listened on `port` any more within `deadlineMs`. */
export const isClosedWithin = async (port: number, deadlineMs: number): Promise<boolean> => {
  const deadline = Date.now() + deadlineMs;
  while (await isListening(port)) {
    if (Date.now() > deadline) return false;
    await wait(LOOK_EVERY_MS);
  }
  return true;
};
