import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resultsOf } from './goals.mjs';
import { machine, versions } from './machine.mjs';
import { plotOf } from './plot.mjs';
import { median, rangeOf } from './statistics.mjs';

const BENCH = fileURLToPath(new URL('../', import.meta.url));
const RESULTS = join(BENCH, 'results');
const PLOTS = join(BENCH, 'plots');
const fileOf = ({ name }) => join(RESULTS, `${name}.json`);

const shown = (value) => {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return Number(value.toPrecision(3)).toString();
};

const cell = (list) => {
  const [low, high] = rangeOf(list);
  return low === high ? shown(low) : `${shown(median(list))} (${shown(low)}–${shown(high)})`;
};

const figuresTable = (table, figures) => {
  const columns = Object.entries(table.figures).filter(([figure]) =>
    Object.values(figures).some(([first]) => figure in first),
  );
  const head = ['', ...columns.map(([, unit]) => unit), 'set up as'];
  const rows = Object.entries(table.cases).map(([name, { label, note = '', isLimit }]) => {
    const cells = columns.map(([figure]) =>
      figure in figures[name][0] ? cell(figures[name].map((round) => round[figure])) : '',
    );
    return [name === 'larder' ? `**${label}**` : `${label}${isLimit ? ' (limit)' : ''}`, ...cells, note];
  });
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
};

const goalsTable = (results) => {
  const rows = results.flatMap(({ name, measured, unit, goals }) =>
    goals.map(({ against, ratio, goal, met }) => [
      name,
      `${shown(measured)} ${unit}`,
      against,
      shown(ratio),
      goal,
      met ? 'yes' : '**no**',
    ]),
  );
  const head = ['result', 'measured', 'against', 'ratio', 'goal', 'met'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
};

const section = (table, { figures, results, run }) =>
  [
    `## ${table.row} ${table.title}`,
    table.setting,
    ...(table.notes ?? []).map((note) => `- ${note}`),
    figuresTable(table, figures),
    `![${table.title}](plots/${table.name}.svg)`,
    goalsTable(results),
    `${run.rounds} rounds of ${run.forMs} ms, ${run.at}, load ${run.machine.load}; \`${run.command}\``,
  ].join('\n\n');

const opening = (kept) => {
  const results = kept.flatMap(([, { results: each }]) => each.flatMap(({ goals }) => goals));
  const [, { run }] = kept.toSorted(([, a], [, b]) => (a.run.at < b.run.at ? 1 : -1))[0];
  const { machine: where, versions: what } = run;
  return [
    '# Larder measured against its peers',
    `${results.filter(({ met }) => met).length} of ${results.length} goals are met. Each figure is the median of its rounds, with the least and the most of them behind it. ` +
      'Each case runs in its own process, warmed before it is measured; in every round each case has its turn, in shuffled order, and the cases are started anew half way. ' +
      'A ratio is the median of the ratios of each round. CPU is user and system time of the whole process, garbage collection and compilers included.',
    `Measured on ${where.processors}, ${where.memory}, ${where.system}, Node ${where.node} (V8 ${where.v8}), a local Redis on loopback. Every peer is set up the way its own documentation recommends for speed; the last column says how.`,
    `Versions: ${Object.entries(what)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
  ].join('\n\n');
};

/** Keeps what was measured of one table, and its plot. */
export const keepTable = (table, figures, run) => {
  for (const folder of [RESULTS, PLOTS]) mkdirSync(folder, { recursive: true });
  const results = resultsOf(table, figures);
  const kept = { figures, results, run: { ...run, machine: machine(), versions: versions() } };
  writeFileSync(fileOf(table), `${JSON.stringify(kept, null, 1)}\n`);
  writeFileSync(join(PLOTS, `${table.name}.svg`), `${plotOf(table, figures)}\n`);
  return results;
};

/** Writes report.md and report.json from what was measured last of each table. */
export const writeReport = (tables) => {
  const kept = tables
    .filter((table) => existsSync(fileOf(table)))
    .map((table) => [table, JSON.parse(readFileSync(fileOf(table), 'utf8'))]);
  const sections = kept.map(([table, measured]) => section(table, measured));
  writeFileSync(join(BENCH, 'report.md'), `${[opening(kept), ...sections].join('\n\n')}\n`);
  writeFileSync(
    join(BENCH, 'report.json'),
    `${JSON.stringify(
      kept.flatMap(([, { results }]) => results),
      null,
      2,
    )}\n`,
  );
};
