import type { Operation } from './history.js';
import type { Tell } from './key.judge.js';
import type { Shadow } from './updates.js';

/**
 * Judges prices that were written through beside edits: none is undone, the last one stays, and one that had what was
 * pending applied first comes after all that was accepted before it was asked for. A key's prices are written one after the other and grow.
 */
export const judgePrices = (
  key: string,
  operations: readonly Operation[],
  states: readonly Shadow[],
  tell: Tell,
): void => {
  const prices = new Map<number, Operation>();
  for (const operation of operations) {
    if (operation.deed.kind === 'price') prices.set(operation.deed.price, operation);
  }
  if (prices.size === 0) return;
  const accepted = operations.filter(({ deed, result }) => deed.kind !== 'price' && result === 'ok');
  const spent = accepted.toSorted((one, other) => one.t1 - other.t1);
  let [answered, due, price] = [0, 0, 0];
  for (const state of states) {
    const is = state.price ?? 0;
    if (is < price) tell('stale', `${key}: price ${price} was undone by ${is}`);
    const asked = is > price ? prices.get(is) : undefined;
    if (asked?.deed.kind === 'price' && asked.deed.isSettled) {
      for (; (spent[answered]?.t1 ?? Infinity) < asked.t0; answered += 1)
        due = Math.max(due, spent[answered]?.position ?? 0);
      const applied = state.log?.applied ?? 0;
      if (applied < due) tell('stale', `${key}: price ${is} was written though ${due} was pending after ${applied}`);
    }
    price = is;
  }
  const known = [...prices.values()].filter(({ result }) => result === 'ok');
  const last = Math.max(0, ...known.map(({ deed }) => (deed.kind === 'price' ? deed.price : 0)));
  if (price < last) tell('stale', `${key}: the price is ${price}, and ${last} was written`);
};
