import { seeded, zipf } from './seeded.mjs';

const DAY_MS = 86_400_000;
const BEGIN = Date.UTC(2026, 0, 1);

/** Zipf as the real clicks are, a visit as long, as many items seen again within it, and nothing that goes with anything. */
export const SAME_SHAPE = {
  items: 20_000,
  exponent: 0.5,
  days: 142,
  visitsADay: 21,
  meanViews: 4.15,
  seenAgain: 0.24,
  pauseMs: 85_000,
};

/** A visit begins at an item by Zipf's law, and goes on to one of three fixed successors or begins anew. */
export const CHAINS = {
  items: 2_000,
  exponent: 0.9,
  days: 5,
  visitsADay: 600,
  meanViews: 6,
  follows: 0.6,
  drifts: 0.05,
  pauseMs: 40_000,
};

/** The items by rank, in an order of chance (Fisher and Yates). */
const orderOf = (items, random) => {
  const order = Array.from({ length: items }, (_, item) => item);
  for (let at = items - 1; at > 0; at -= 1) swap(order, at, Math.floor(random() * (at + 1)));
  return order;
};

const swap = (order, one, other) => {
  [order[one], order[other]] = [order[other], order[one]];
};

/** The views of all visits by time; `next` is the item that follows in a visit. */
const visitsOf = ({ days, visitsADay, meanViews, pauseMs }, random, { next, endDay = () => undefined }) => {
  const views = [];
  let visitor = 0;
  for (let day = 0; day < days; day += 1) {
    for (let visit = 0; visit < visitsADay; visit += 1) {
      visitor += 1;
      const seen = [];
      let at = BEGIN + day * DAY_MS + random() * DAY_MS;
      do {
        const item = next(seen);
        seen.push(item);
        views.push({ id: String(item), visitor: String(visitor), at });
        at += 2_000 - Math.log(1 - random()) * pauseMs;
      } while (random() > 1 / meanViews);
    }
    endDay();
  }
  return views.sort((one, other) => one.at - other.at);
};

/** Views of the shape of the real ones, without chains. */
export const sameShape = (seed, shape = SAME_SHAPE) => {
  const random = seeded(seed);
  const rank = zipf(shape.items, shape.exponent, random);
  const order = orderOf(shape.items, random);
  const next = (seen) =>
    seen.length > 0 && random() < shape.seenAgain ? seen[Math.floor(random() * seen.length)] : order[rank()];
  return visitsOf(shape, random, { next });
};

/** Views in chains; after each day a share of the items change their ranks. */
export const chains = (seed, shape = CHAINS) => {
  const random = seeded(seed);
  const rank = zipf(shape.items, shape.exponent, random);
  const order = orderOf(shape.items, random);
  const any = () => Math.floor(random() * shape.items);
  const successors = order.map(() => [any(), any(), any()]);
  const next = (seen) =>
    seen.length > 0 && random() < shape.follows ? successors[seen.at(-1)][Math.floor(random() * 3)] : order[rank()];
  const endDay = () => {
    for (let moved = 0; moved < shape.items * shape.drifts; moved += 1) swap(order, any(), any());
  };
  return visitsOf(shape, random, { next, endDay });
};
