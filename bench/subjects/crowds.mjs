import { randomUUID } from 'node:crypto';
import { commandsDuring } from '../harness/commands.mjs';
import { openFleet } from '../harness/fleet.mjs';
import { median } from '../harness/statistics.mjs';

export const CALLERS = 1_000;
export const LOAD_MS = 5;
const SETTLE_MS = 60;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const most = (answers, figure) => Math.max(...answers.map((answer) => answer[figure]));

/** All members' callers ask for one key at once: the longest wait of any, and all loads, those in the background too. */
const once = async (fleet, key) => {
  const answers = await fleet.askAll({ kind: 'crowd', key, callers: CALLERS });
  await pause(LOAD_MS + SETTLE_MS);
  const counts = await fleet.askAll({ kind: 'loads' });
  return { wall: most(answers, 'tookMs'), loads: counts.reduce((sum, { loads }) => sum + loads, 0) };
};

/** What crowds before a cold key cost, key after key. */
export const coldCrowds =
  (size, subject) =>
  async ({ redisUrl }) => {
    const fleet = await openFleet(size, subject, redisUrl, { loadMs: LOAD_MS });
    const measure = async (forMs) => {
      const until = performance.now() + forMs;
      const samples = [];
      do samples.push(await once(fleet, randomUUID()));
      while (performance.now() < until);
      const commands = await commandsDuring(redisUrl, () => once(fleet, randomUUID()));
      return {
        wall: median(samples.map(({ wall }) => wall)),
        loads: Math.max(...samples.map(({ loads }) => loads)),
        commands,
      };
    };
    return { measure, close: () => fleet.close() };
  };

/**
 * What a crowd before a value costs that has just expired and may be served stale: the wait in one process, and the
 * refreshes of the whole fleet. For a library without a grace period, the value is in its window of early refresh.
 */
export const staleCrowds =
  (subject, { ttlMs, graceMs, size }) =>
  async ({ redisUrl }) => {
    const fleet = await openFleet(size, subject, redisUrl, { loadMs: LOAD_MS, ttlMs, graceMs });
    const [first] = fleet.members;
    const alone = { members: [first], askAll: async (order) => [await first.ask(order)] };
    const expired = async (among) => {
      const key = randomUUID();
      await among.askAll({ kind: 'crowd', key, callers: 1 });
      await pause(ttlMs + SETTLE_MS);
      return once(among, key);
    };
    const measure = async (forMs) => {
      const until = performance.now() + forMs;
      const samples = [];
      do samples.push(await expired(alone));
      while (performance.now() < until);
      return { wall: median(samples.map(({ wall }) => wall)), loads: (await expired(fleet)).loads };
    };
    return { measure, close: () => fleet.close() };
  };
