import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const DEFAULT_PORT = '3000';
const LIVE_WITHIN_MS = 30_000;
const READY_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;
const ANSWER_WITHIN_MS = 2_000;

const REASONS = {
  EADDRINUSE: 'is in use by another program. Stop that one, or set PORT to another port (0 takes a free one)',
  EACCES: 'may not be used by this user. Set PORT to one above 1023',
  EADDRNOTAVAIL: 'is at an address that this machine does not have. Set HOST to one that it has',
};

/**
 * Where the API is to listen: `HOST` and `PORT` of the environment, and the URL under which it is reached from here.
 * @throws {Error} nobody can listen there; the message says why and what to do
 */
export const chooseAddress = async ({ HOST = '127.0.0.1', PORT = DEFAULT_PORT }, freePort) => {
  if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535)
    throw new Error(`PORT ${PORT}: expected a port from 0 to 65535.`);
  const port = PORT === '0' ? await freePort() : Number(PORT);
  const probe = createServer().listen(port, HOST);
  try {
    await once(probe, 'listening');
  } catch (error) {
    throw new Error(`Port ${port} on ${HOST} ${REASONS[error.code] ?? `cannot be used (${error.message})`}.`, {
      cause: error,
    });
  }
  probe.close();
  const name = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[HOST] ?? (HOST.includes(':') ? `[${HOST}]` : HOST);
  return { PORT: String(port), HOST, url: `http://${name}:${port}` };
};

const answer = async (url, signal) => {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]) });
    return { isOk: response.ok, text: await response.text() };
  } catch (error) {
    return { isOk: false, text: error.cause?.code ?? error.message };
  }
};

/** Asks `url` until it says yes or the time is over; answers what is in the way then. */
const untilOk = async (url, withinMs, signal) => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const { isOk, text } = await answer(url, signal);
    signal.throwIfAborted();
    if (isOk) return undefined;
    if (performance.now() > deadline) return text;
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
};

/**
 * Waits until the API at `url` lives, and a while until it is ready. Answers what keeps it from being ready, if anything
 * does: a server that is away, from which it recovers by itself.
 * @throws {Error} it does not live within 30 s
 */
export const untilReady = async (url, signal) => {
  const dead = await untilOk(`${url}/health/live`, LIVE_WITHIN_MS, signal);
  if (dead !== undefined) throw new Error(`The API did not answer within ${LIVE_WITHIN_MS / 1_000} s: ${dead}`);
  return untilOk(`${url}/health/ready`, READY_WITHIN_MS, signal);
};
