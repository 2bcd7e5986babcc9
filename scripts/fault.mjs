import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './setup/command.mjs';
import { homeOf, readEnvironment } from './setup/environment.mjs';
import { prepare } from './setup/prepare.mjs';

const USAGE = `Usage: npm run fault -- [SCENARIO…] [--seed N] [--times N] [--short]

Runs scenarios of the fault laboratory against real servers and processes: write-behind under what can go wrong.
Without a name all but the campaign are run, about an hour. The disk of D2, D3, D4 and the campaign needs Linux and cc.

  D1 queue Redis killed         D2 power loss                D3 slow fsync         D4 disk full
  D5 killed in mid-flush        D6 frozen flusher            D7 duplicates         D8 poison
  D9 MongoDB away               D10 MongoDB slow, answers lost
  M1 queue Redis out of memory  M4 log thrown away           G2 SIGTERM under load
  campaign                      1,000,000 accepted operations over 66 faults of all kinds

  --seed N    what every random choice follows from; the time by default. It is printed
  --times N   how often each scenario is run, 1 by default
  --short     each scenario as npm test runs it

The last line is JSON: scenario, runs, faults, operations, acknowledged, lost, doubled, regressed, stale, verdict. Exit 0
when it says "passed", 1 when not: the history is then kept in fault/ of LARDER_HOME. 2 for bad usage.`;

const refuse = (reason) => {
  console.error(`${reason}\n\n${USAGE}`);
  process.exit(2);
};

const OPTIONS = {
  seed: { type: 'string' },
  times: { type: 'string', default: '1' },
  short: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

const read = () => {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return refuse(error.message);
  }
};

const numberOf = (name, text, least) => {
  const number = Number(text);
  const isSound = Number.isInteger(number) && number >= least && number < 2 ** 31;
  return isSound ? number : refuse(`--${name} takes a whole number from ${least} to below 2^31.`);
};

const { positionals, values } = read();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const asked = {
  scenarios: positionals,
  seed: values.seed === undefined ? Math.floor(Date.now() / 1_000) % 2 ** 31 : numberOf('seed', values.seed, 0),
  times: numberOf('times', values.times, 1),
  isShort: values.short,
};
const environment = readEnvironment();
await prepare();
const hooks = new URL('../test/support/typescript.mjs', import.meta.url).href;
const args = [
  '--max-old-space-size=6144',
  '--no-warnings',
  '--import',
  hooks,
  join(ROOT, 'test', 'fault', 'main.ts'),
  JSON.stringify(asked),
];
const child = spawn(process.execPath, args, {
  cwd: ROOT,
  env: { ...environment, LARDER_HOME: homeOf(environment) },
  stdio: ['ignore', 'inherit', 'inherit'],
});
// A stop is for the laboratory to carry out: it ends its servers and processes first.
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => child.kill('SIGTERM'));
child.once('close', (code, signal) => {
  if (code === 2) refuse('Nothing was run.');
  if (signal !== null) console.error(`The laboratory was ended by ${signal}; what it was running is not judged.`);
  process.exit(code ?? 1);
});
