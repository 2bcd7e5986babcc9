import { SingleBar } from 'cli-progress';
import { openMongo } from './harness/mongo.mjs';
import { openRedis } from './harness/redis.mjs';
import { keepTable, writeReport } from './harness/report.mjs';
import { playRounds, stepsOf } from './harness/rounds.mjs';
import { chosenTables, loadTables } from './tables/index.mjs';

/** Steps of one table: a bar in a terminal, elsewhere a line at its end. */
const progressOf = (table, total) => {
  if (!process.stdout.isTTY) return { step: () => undefined, end: () => undefined };
  const bar = new SingleBar({
    format: `${table.name.padEnd(21)} {bar} {value}/{total} {what}`,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(total, 0, { what: '' });
  return { step: (what) => bar.increment({ what }), end: () => bar.stop() };
};

const told = (results) =>
  results.flatMap(({ name, measured, unit, goals }) =>
    goals.map(
      ({ against, ratio, goal, met }) =>
        `  ${met ? '✓' : '✗'} ${name}: ${measured} ${unit}; ${against}: ${ratio}, goal ${goal}`,
    ),
  );

/** Measures the tables that are asked for, and writes the report. Answers whether every goal was met. */
export const runTables = async ({ asked, rounds, forMs, warmMs, command, report }) => {
  const tables = await loadTables();
  const chosen = chosenTables(tables, asked);
  const all = [];
  for (const table of chosen) {
    const began = performance.now();
    const count = rounds ?? table.rounds;
    const progress = progressOf(table, stepsOf(table, count));
    try {
      const pace = {
        rounds: count,
        forMs,
        warmMs,
        settleMs: Math.min(100, forMs),
        openRedis: (redis) => openRedis(report, redis),
        openMongo: () => openMongo(report),
      };
      const figures = await playRounds(table, { ...pace, onStep: (what) => progress.step(what) });
      const results = keepTable(table, figures, {
        rounds: count,
        forMs,
        command,
        at: new Date().toISOString().slice(0, 16),
      });
      all.push(...results);
      progress.end();
      console.log(`${table.row} ${table.name}, ${((performance.now() - began) / 1_000).toFixed(0)} s`);
      console.log(told(results).join('\n'));
    } finally {
      progress.end();
    }
    writeReport(tables);
  }
  return all.every(({ goals }) => goals.every(({ met }) => met));
};
