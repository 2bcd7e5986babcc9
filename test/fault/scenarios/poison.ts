import { defineRegion, minutes, type WriteBehindLog } from '@larder/caching';
import { Redis } from 'ioredis';
import { until } from '../../support/until.js';
import type { FaultLab } from '../fault.lab.js';
import { PRODUCTS, products, THROWS } from '../processes/products.js';
import { inLab, type Run, type Scenario, type Told } from '../scenario.js';
import { asOperator } from '../operator.js';

const REFUSED = 'refused by the schema';
const PIECES = 17;
const PIECE_BYTES = 1_000_000;

const unknownRegion = defineRegion<{ id: string }, unknown>({
  name: 'nobodys',
  version: 1,
  key: ({ id }) => id,
  ttlMs: minutes(1),
});

/** A record as `append.lua` leaves it, but for a value that is no JSON. */
const UNREADABLE = `
local last = redis.call('INCR', KEYS[4])
local entry = redis.call('XADD', KEYS[2], '*', 'n', ARGV[1])
redis.call('HSET', KEYS[1], '#name', ARGV[1], '#params', ARGV[2], '#first', last, '#last', last, '#at', '1', '#count', '1',
  '#bytes', '0', '#entry', entry, '=a', '{ no json')
redis.call('HINCRBY', KEYS[3], 'entries', 1)
redis.call('HINCRBY', KEYS[3], 'depth', 1)`;

/** Puts in one of each kind, each on a document of its own. */
const inject = async (log: WriteBehindLog, redis: Redis, serial: number): Promise<number> => {
  await log.append(products, { id: `schema${serial}` }, { set: { a: REFUSED } });
  await log.append(products, { id: `throws${serial}` }, { set: { a: THROWS } });
  await log.append(unknownRegion, { id: `region${serial}` }, { set: { a: 'x' } });
  const name = `${PRODUCTS}:unreadable${serial}`;
  const { writeId } = await log.append(products, { id: `unreadable${serial}` }, { delete: true });
  await until(async () => (await log.state(writeId)).state === 'flushed', { withinMs: 10_000 });
  const [sequence = ''] = await redis.keys(`larder:{q${await slotOf(redis, name)}}:sequence`);
  const slot = sequence.slice(0, sequence.indexOf('}') + 1);
  const keys = [`${slot}:p:${name}`, `${slot}:log`, `${slot}:counts`, sequence];
  await redis.eval(UNREADABLE, keys.length, ...keys, name, JSON.stringify({ id: `unreadable${serial}` }));
  return 4;
};

/** The partition of a name: the one in which its last write left its fate. */
const slotOf = async (redis: Redis, name: string): Promise<string> => {
  const [fates = ''] = await redis.keys(`larder:{q*}:f:${name}`);
  return /\{q(\d+)\}/.exec(fates)?.[1] ?? '';
};

/** A document that grows over what MongoDB takes. */
const injectLarge = async (log: WriteBehindLog): Promise<number> => {
  const piece = 'x'.repeat(PIECE_BYTES);
  // all at once as far as a flusher sees: each makes the pending record larger
  for (let at = 0; at < PIECES; at += 1) await log.append(products, { id: 'large' }, { set: { [`f${at}`]: piece } });
  return 1;
};

const deadIn = async (log: WriteBehindLog): Promise<string[]> =>
  (await log.deadLetters.list()).map(({ name }) => name.slice(name.indexOf(':') + 1));

/** How long a sound write takes to reach MongoDB now, in ms. */
const probed = async (log: WriteBehindLog): Promise<number> => {
  const began = performance.now();
  const { writeId } = await log.append(products, { id: 'probe' }, { add: { views: 1 } });
  await until(async () => (await log.state(writeId)).state === 'flushed', { withinMs: 30_000 });
  return performance.now() - began;
};

const poison = async (lab: FaultLab, log: WriteBehindLog, { faults: rounds, lastsMs, isTimed }: Run): Promise<Told> => {
  const redis = new Redis(lab.queue.server.url);
  const violations: string[] = [];
  let heldUpMs = 0;
  try {
    const ids = ['schema', 'throws'].flatMap((kind) => Array.from({ length: rounds }, (_, at) => `${kind}${at}`));
    await lab.collection.insertMany(['large', 'probe', ...ids].map((_id) => ({ _id, version: 1 })));
    await lab.database.db?.command({ collMod: PRODUCTS, validator: { a: { $not: { $eq: REFUSED } } } });
    let injected = 0;
    for (let round = 0; round < rounds; round += 1) injected += await inject(log, redis, round);
    injected += await injectLarge(log);
    const began = performance.now();
    await until(
      async () => {
        heldUpMs = Math.max(heldUpMs, await probed(log));
        return (await deadIn(log)).length >= injected;
      },
      { withinMs: 60_000 },
    );
    const deadAfterMs = performance.now() - began;
    await lab.accept(1_000);
    const dead = await deadIn(log);
    if (dead.length !== injected) violations.push(`${dead.length} dead letters of ${injected} that were put in`);
    if (isTimed && heldUpMs > lastsMs) violations.push(`a write waited ${Math.round(heldUpMs)} ms beside poison`);
    await lab.database.db?.command({ collMod: PRODUCTS, validator: {} });
    for (const { id, name } of await log.deadLetters.list())
      await (name.includes(':schema') ? log.deadLetters.retry(id) : log.deadLetters.drop(id));
    const isApplied = async (): Promise<boolean> => (await lab.collection.countDocuments({ a: REFUSED })) === rounds;
    await until(isApplied, { withinMs: 10_000 });
    if ((await deadIn(log)).length > 0) violations.push('dead letters are left though each was retried or dropped');
    return { facts: { heldUpMs: Math.round(heldUpMs), deadAfterMs: Math.round(deadAfterMs) }, violations };
  } finally {
    redis.disconnect();
  }
};

export const poisonous: Scenario = {
  id: 'D8',
  about: 'writes that are no JSON, of an unknown region, against the schema, too large, or make the sink throw',
  // how long a sound write may wait beside poison
  short: { faults: 3, between: 1_000, lastsMs: 2_000 },
  full: { faults: 20, between: 10_000, lastsMs: 2_000 },
  run: (run) =>
    inLab({ seed: run.seed }, run, async (lab) => {
      await lab.accept(run.between);
      const told = await lab.fault('poison', () => asOperator(lab, (log) => poison(lab, log, run)));
      run.say(`${run.faults} rounds of poison became dead letters`);
      await lab.accept(run.between);
      return told;
    }),
};
