import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, runCommand, runScript } from './setup/command.mjs';
import { loadLocalServers, readEnvironment } from './setup/environment.mjs';
import { prepare } from './setup/prepare.mjs';

const USAGE = `Usage: npm run bench -- [TABLE…] [--rounds N] [--measure MS] [--warm MS]

Measures Larder against its peers and writes bench/report.md, bench/report.json and a plot a table into bench/plots.
A table is named by its row or its name; without any, all are run: 1 near-sync, 2 near-hit, 3 shared-hit-lone,
4 shared-hits-64, 5 cold-key, 6 cold-key-fleet, 7 expired-within-grace, 8 hit-ratio, 9 codec, 10 enqueue-everysec,
11 enqueue-always, 12 drain, 13 invalidation, 14 growth, 21 put-behind, 26 cache-ahead.

  --rounds N     how often each case is measured; 5 or 9 by default, as its goals are far or near
  --measure MS   how long a measurement takes; 400 by default
  --warm MS      how long a case runs before it is measured; 2000 by default
  --file CSV     clicks for cache-ahead: session_id;user_id;item_id;timeframe;eventdate; without it that stream is left out`;

const BENCH = join(ROOT, 'bench');
const STAMP = join(BENCH, 'node_modules', '.lock.sha256');

const refuse = (reason) => {
  console.error(`${reason}\n\n${USAGE}`);
  process.exit(2);
};

/** Installs the peers that bench/package-lock.json asks for, unless they are there. */
const installPeers = async () => {
  const wanted = createHash('sha256')
    .update(readFileSync(join(BENCH, 'package-lock.json')))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  console.log('Installing the peers.');
  const args = ['ci', '--prefix', BENCH, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const code = await (npm?.endsWith('.js') ? runScript(npm, args) : runCommand('npm', args));
  if (code !== 0) throw new Error(`npm ci of the peers failed with code ${code}; what it printed above says why.`);
  writeFileSync(STAMP, wanted);
};

const numberOf = (name, text, least) => {
  if (text === undefined) return undefined;
  const number = Number(text);
  return Number.isInteger(number) && number >= least ? number : refuse(`--${name} takes a whole number from ${least}.`);
};

const OPTIONS = {
  rounds: { type: 'string' },
  measure: { type: 'string', default: '400' },
  warm: { type: 'string', default: '2000' },
  file: { type: 'string' },
  help: { type: 'boolean', default: false },
};

const read = () => {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return refuse(error.message);
  }
};

const { positionals: asked, values } = read();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
try {
  const rounds = numberOf('rounds', values.rounds, 1);
  const pace = { rounds, forMs: numberOf('measure', values.measure, 10), warmMs: numberOf('warm', values.warm, 0) };
  readEnvironment();
  if (values.file !== undefined) {
    if (!existsSync(values.file)) throw new RangeError(`There is no file ${values.file}.`);
    process.env.LARDER_BENCH_CLICKS = resolve(values.file);
  }
  await prepare();
  await installPeers();
  const { reportOn } = await loadLocalServers();
  const { runTables } = await import('../bench/run.mjs');
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ').replace(/ --$/, '');
  await runTables({ asked, ...pace, command, report: reportOn(process.stdout) });
} catch (error) {
  if (error instanceof RangeError) refuse(error.message);
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
