import type { Answer } from '../support/api.js';
import type { ApiProcess } from '../support/shop.processes.js';

const NEAR = 'larder; hit; detail=near';
/** A reader that has seen the new price so many times in a row will not see the old one again. */
const ENOUGH = 3;
const PATIENCE_MS = 5_000;

/** How long after a moment the old price was still answered, in ms; 0 where it was not. */
export interface Lag {
  /** Until the last old answer arrived: with the way of the request, and what held up the reader. */
  readonly arrivedMs: number;
  /** Until the last request was sent that an old answer came to: the process served it later than that. */
  readonly sentMs: number;
}

/** The product as a process answers it. */
export interface Seen {
  readonly amount: number;
  readonly isNear: boolean;
  readonly sentAt: number;
  readonly arrivedAt: number;
}

const amountIn = ({ status, body, text }: Answer): number => {
  if (status !== 200) throw new Error(`A read was answered ${status}: ${text}`);
  return (body?.['price'] as { amount: number }).amount;
};

/** One read of a product. @throws {Error} it was not answered with one */
export const seenAt = async (api: ApiProcess, id: string, headers: Record<string, string> = {}): Promise<Seen> => {
  const sentAt = performance.now();
  const answer = await api.call(`GET /v1/products/${id}`, { headers });
  return {
    amount: amountIn(answer),
    isNear: answer.headers['cache-status'] === NEAR,
    sentAt,
    arrivedAt: performance.now(),
  };
};

/** Reads, one request after the other, until `isEnough` of one. @throws {Error} none was within seconds */
export const readUntil = async (api: ApiProcess, id: string, isEnough: (seen: Seen) => boolean): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isEnough(await seenAt(api, id))) {
    if (performance.now() > deadline) throw new Error(`Not within ${PATIENCE_MS} ms: ${isEnough.toString()}`);
  }
};

/** Reads until the process answers `amount` out of its own memory. */
export const keepNear = (api: ApiProcess, id: string, amount: number): Promise<void> =>
  readUntil(api, id, (seen) => seen.isNear && seen.amount === amount);

/** Reads without a pause until the price is `amount` for good, and answers how long after `since` it was another. */
export const lagOf = async (api: ApiProcess, id: string, amount: number, since: number): Promise<Lag> => {
  let [arrivedMs, sentMs, inARow] = [0, 0, 0];
  await readUntil(api, id, (seen) => {
    inARow = seen.amount === amount ? inARow + 1 : 0;
    if (inARow === 0) [arrivedMs, sentMs] = [seen.arrivedAt - since, seen.sentAt - since];
    return inARow === ENOUGH;
  });
  return { arrivedMs, sentMs };
};

/** What many measurements come to. */
export const spreadOf = (values: readonly number[]): { p50: number; p99: number; max: number } => {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
};
