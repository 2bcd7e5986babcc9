import { Child } from './child.mjs';
import { shuffled } from './statistics.mjs';

/** A case is started anew so often in one table, unless it says otherwise: what its JIT compiler made of it is sampled too. */
const LIVES = 2;
const AT_ONCE = 2;

/** Does `work` for each of `list`, so many at a time. */
const eachOf = async (list, atOnce, work) => {
  const left = [...list];
  const worker = async () => {
    while (left.length > 0) await work(left.shift());
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
};

const openWarm = async (table, names, { context, warmMs, onStep }) => {
  const children = [];
  try {
    await eachOf(names, AT_ONCE, async (name) => {
      const child = await Child.open(table.name, name, context);
      children.push(child);
      if (table.isWarmed !== false) await child.measure(warmMs);
      onStep(`${name} is warm`);
    });
    return children;
  } catch (error) {
    await Promise.all(children.map((child) => child.close()));
    throw error;
  }
};

const livesOf = ({ lives = LIVES }, rounds) => Math.min(lives, rounds);

/** How many steps `playRounds` reports. */
export const stepsOf = (table, rounds) => Object.keys(table.cases).length * (livesOf(table, rounds) + rounds);

/** The servers of one life, and what the cases hear of them. */
const openServers = async (table, { openRedis, openMongo }) => {
  const wanted = {
    redisUrl: () => openRedis(table.redis),
    ...(table.needsCache && { cacheUrl: () => openRedis({ role: 'cache' }) }),
    ...(table.needsMongo && { mongoUrl: () => openMongo() }),
  };
  const context = {};
  const open = [];
  const closeServers = () => Promise.all(open.map((server) => server.close()));
  try {
    for (const [name, start] of Object.entries(wanted)) {
      const server = await start();
      open.push(server);
      context[name] = server.url;
    }
    return { context, closeServers };
  } catch (error) {
    await closeServers();
    throw error;
  }
};

/** One life of all cases: they are started and warmed over a Redis that knows nothing yet, and measured `share` times. */
const live = async (table, figures, share, { forMs, warmMs, settleMs, onStep, ...servers }) => {
  const { context, closeServers } = await openServers(table, servers);
  let children = [];
  try {
    children = await openWarm(table, shuffled(Object.keys(table.cases)), { context, warmMs, onStep });
    for (let round = 0; round < share; round += 1) {
      for (const child of shuffled(children)) {
        if (table.isWarmed !== false) await child.measure(settleMs);
        figures[child.name].push(await child.measure(forMs));
        onStep(`${child.name} measured`);
      }
    }
  } finally {
    await Promise.all(children.map((child) => child.close()));
    await closeServers();
  }
};

/**
 * Measures every case of a table `rounds` times, in each round once, in shuffled order. Answers, by case, the figures of
 * each round. Each case is a process of its own, warmed before its first round, and started again half way.
 */
export const playRounds = async (table, { rounds, ...pace }) => {
  const figures = Object.fromEntries(Object.keys(table.cases).map((name) => [name, []]));
  const lives = livesOf(table, rounds);
  for (let life = 0; life < lives; life += 1) await live(table, figures, Math.ceil((rounds - life) / lives), pace);
  return figures;
};
