import { MongoSink, type PendingWrite } from '@larder/caching';
import { isDeepStrictEqual } from 'node:util';
import { aMongo } from '../../support/local.server.js';
import { oneOf, randomFrom } from '../../support/random.js';
import { EDITED } from '../history/key.judge.js';
import { connectMongo, type Kept, PRODUCTS } from '../processes/products.js';
import type { Found, Run, Scenario } from '../scenario.js';

const KEYS = 6;
const WRITES_A_KEY = 8;
const REPLAYS = 2;
const LARGEST_BULK = 20;

type Fields = Readonly<Record<string, unknown>>;

const addsOf = (views: number): Record<string, number> => (views === 0 ? {} : { views });

const writesOf = (id: string, random: () => number): PendingWrite[] =>
  Array.from({ length: WRITES_A_KEY }, (_, at) => {
    const kind = oneOf(['edit', 'edit', 'edit', 'view', 'view', 'replace', 'delete'], random());
    const token = `${id}.${at}`;
    const fields = EDITED.filter(() => random() < 0.5);
    return {
      ...{ name: id, params: { id }, first: at * 10 + 1, last: at * 10 + 10, count: 10 },
      ...{ acceptedAt: 0, taken: 1, refused: 0, isDelete: kind === 'delete' },
      value: kind === 'replace' ? { token } : undefined,
      set: kind === 'edit' ? Object.fromEntries(fields.map((field) => [field, token])) : {},
      add: addsOf(kind === 'view' || (kind === 'edit' && fields.length === 0) ? Math.ceil(random() * 5) : 0),
    };
  });

/** What a document is when each of its writes was applied once, in order. */
const oracle = (writes: readonly PendingWrite[]): Fields => {
  let is: Record<string, unknown> & { version: number } = { version: 1, views: 0 };
  for (const { isDelete, value, set, add, last } of writes) {
    const { version, views, isDeleted } = is;
    const log = { applied: last };
    if (isDelete) is = { version, isDeleted: true, log };
    else if (value !== undefined) is = { ...(value as object), version: version + 1, log };
    else if (isDeleted !== true) {
      const views2 = add['views'] === undefined ? {} : { views: Number(views ?? 0) + add['views'] };
      is = { ...is, ...set, ...views2, version: version + (Object.keys(set).length > 0 ? 1 : 0), log };
    }
  }
  return is;
};

/** Each write in the order of its key, the keys shuffled, and later again some times. */
const replayed = (perKey: readonly PendingWrite[][], random: () => number): PendingWrite[] => {
  const left = perKey.map((writes) => [...writes]);
  const order: PendingWrite[] = [];
  while (left.some((writes) => writes.length > 0)) {
    const next = left[Math.floor(random() * left.length)]?.shift();
    if (next) order.push(next);
  }
  for (const write of perKey.flat()) {
    for (let replay = 0; replay < REPLAYS; replay += 1) {
      const from = order.indexOf(write) + 1;
      order.splice(from + Math.floor(random() * (order.length - from + 1)), 0, write);
    }
  }
  return order;
};

/** In bulks of some size, none with two writes of one value. */
const bulksOf = (order: readonly PendingWrite[], random: () => number): PendingWrite[][] => {
  const bulks: PendingWrite[][] = [[]];
  let size = Math.ceil(random() * LARGEST_BULK);
  for (const write of order) {
    const bulk = bulks.at(-1) ?? [];
    if (bulk.length < size && !bulk.some(({ name }) => name === write.name)) bulk.push(write);
    else {
      bulks.push([write]);
      size = Math.ceil(random() * LARGEST_BULK);
    }
  }
  return bulks;
};

/** Replays writes by a sink, seed after seed, and compares each document with what it should be. */
export const replay = async (
  run: Run,
  sinkOver: (collection: ConstructorParameters<typeof MongoSink>[0]) => MongoSink,
): Promise<Found> => {
  const mongo = await aMongo();
  const database = await connectMongo(mongo.url, 'patient');
  const collection = database.collection<Kept>(PRODUCTS);
  const sink = sinkOver(() => collection);
  const findings: string[] = [];
  let [operations, wrong] = [0, 0];
  try {
    for (let seed = run.seed; seed < run.seed + run.faults; seed += 1) {
      const random = randomFrom(seed);
      const perKey = Array.from({ length: KEYS }, (_, key) => writesOf(`s${seed}k${key}`, random));
      await collection.insertMany(perKey.map(([first]) => ({ _id: first?.name ?? '', version: 1, views: 0 })));
      for (const bulk of bulksOf(replayed(perKey, random), random)) await sink.apply(bulk);
      operations += perKey.flat().length;
      for (const writes of perKey) {
        const { _id, ...is } = (await collection.findOne({ _id: writes[0]?.name ?? '' })) ?? { _id: '' };
        if (isDeepStrictEqual(is, oracle(writes))) continue;
        wrong += 1;
        findings.push(`${_id}: ${JSON.stringify(is)} in place of ${JSON.stringify(oracle(writes))}`);
      }
      if ((seed - run.seed + 1) % 100 === 0) run.say(`${seed - run.seed + 1} of ${run.faults} seeds`);
    }
  } finally {
    await database.close();
    await mongo.stop();
  }
  return {
    ...{ operations, acknowledged: operations, unknown: 0, dead: 0, lost: 0, doubled: wrong, regressed: 0, stale: 0 },
    ...{ findings: findings.slice(0, 20), faults: [], facts: { seeds: run.faults }, violations: [] },
  };
};

export const duplicates: Scenario = {
  id: 'D7',
  about: 'each write is applied three times, the replays shuffled across keys and inside a key',
  short: { faults: 40, between: 0, lastsMs: 0 },
  full: { faults: 1_000, between: 0, lastsMs: 0 },
  run: (run) => replay(run, (collection) => new MongoSink(collection)),
};
