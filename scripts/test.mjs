import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ROOT, runScript } from './setup/command.mjs';
import { prepare } from './setup/prepare.mjs';

const USAGE = `Usage: npm test [-- PATTERN…]

Installs and builds what has changed, then runs every gate in order: types, lint, format, imports, tests. It stops at the
first that fails. A pattern (part of a spec's path, or an option of Jest) narrows the tests.`;

const module = (...path) => join(ROOT, 'node_modules', ...path);
const GATES = [
  ['types', module('typescript', 'bin', 'tsc'), ['-p', 'tsconfig.check.json']],
  ['lint', module('eslint', 'bin', 'eslint.js'), ['.']],
  ['format', module('prettier', 'bin', 'prettier.cjs'), ['--check', '--log-level', 'warn', '.']],
  ['imports', join(ROOT, 'scripts', 'check-imports.mjs'), []],
];
const JEST = ['--experimental-vm-modules', '--no-warnings', module('jest', 'bin', 'jest.js')];

/**
 * The laboratory of faults starts more servers and processes than others can run beside: it is a run of its own, one spec
 * after the other. Who chooses projects has one run of those.
 */
const runsOf = (narrowing) =>
  narrowing.some((option) => /^--(select|ignore)Projects\b/.test(option))
    ? [['tests', narrowing]]
    : [
        ['tests', [...narrowing, '--ignoreProjects', 'faults']],
        ['faults', [...narrowing, '--maxWorkers=1', '--selectProjects', 'faults']],
      ];

/** Every spec on disk: none may be left out by a pattern in the configuration. */
const specsOnDisk = () =>
  ['apps', 'libs', 'test', 'bench']
    .filter((folder) => readdirSync(ROOT).includes(folder))
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true }).map((path) => join(ROOT, folder, path)))
    .filter((path) => /[.-]spec\.m?[jt]sx?$/.test(path));

const LEAVES_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 500;

/** Jest waits for ever for what a test has left open. Ends it by `breakOff` some time after it has written `outcome`. */
const endHanging = (outcome, breakOff) => {
  let writtenAt;
  return setInterval(() => {
    if (writtenAt === undefined && existsSync(outcome)) writtenAt = performance.now();
    if (writtenAt !== undefined && performance.now() - writtenAt > LEAVES_WITHIN_MS) breakOff();
  }, LOOK_EVERY_MS);
};

const timed = async (name, work) => {
  const began = performance.now();
  console.log(`\n▶ ${name}`);
  const code = await work();
  console.log(`${code === 0 ? '✓' : '✗'} ${name}, ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  return code;
};

const close = (code, passed, failed, skipped = 0) => {
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exit(code);
};

/** Runs tests and answers what came of them; `isHanging` when they left something open. */
const runTests = async (name, narrowing, signal) => {
  const folder = mkdtempSync(join(tmpdir(), 'larder-test-'));
  const outcome = join(folder, 'outcome.json');
  const [first, ...rest] = JEST;
  // a pattern may be of the other run's specs
  const args = [...rest, '--json', `--outputFile=${outcome}`, '--passWithNoTests', ...narrowing];
  const hanging = new AbortController();
  const watch = endHanging(outcome, () => hanging.abort());
  const either = AbortSignal.any([signal, hanging.signal]);
  try {
    const code = await timed(name, () =>
      runScript(first, args, { signal: either }).catch((error) => {
        if (!hanging.signal.aborted) throw error;
        console.error(
          'Jest was ended: a test has left something open. Close it; --detectOpenHandles --runInBand finds it.',
        );
        return 1;
      }),
    );
    return { code, isHanging: hanging.signal.aborted, ...JSON.parse(readFileSync(outcome, 'utf8')) };
  } finally {
    clearInterval(watch);
    rmSync(folder, { recursive: true, force: true });
  }
};

const main = async () => {
  const narrowing = process.argv.slice(2);
  if (narrowing.includes('--help')) return console.log(USAGE);
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => stopping.abort());
  const { signal } = stopping;

  await prepare(signal);
  for (const [name, script, args] of GATES) {
    const code = await timed(name, () => runScript(script, args, { signal }));
    if (code !== 0) {
      console.error(`The gate "${name}" failed; the gates after it were not run.`);
      close(code, 0, 1);
    }
  }
  const all = [];
  for (const [name, options] of runsOf(narrowing)) all.push(await runTests(name, options, signal));
  const sum = (of) => all.reduce((total, run) => total + of(run), 0);
  const ran = new Set(all.flatMap(({ testResults }) => testResults.map(({ name }) => name)));
  if (ran.size === 0) throw new Error('No spec matches.');
  const forgotten = narrowing.length > 0 ? [] : specsOnDisk().filter((path) => !ran.has(path));
  for (const path of forgotten)
    console.error(`${relative(ROOT, path)} was not run: no project of jest.config.js matches it.`);
  const failed = sum(
    ({ numFailedTests, numRuntimeErrorTestSuites, isHanging }) =>
      numFailedTests + numRuntimeErrorTestSuites + (isHanging ? 1 : 0),
  );
  const code = all.find((run) => run.code !== 0)?.code ?? (forgotten.length > 0 ? 1 : 0);
  const skipped = sum(({ numPendingTests, numTodoTests }) => numPendingTests + numTodoTests);
  close(
    code,
    sum(({ numPassedTests }) => numPassedTests),
    failed + forgotten.length,
    skipped,
  );
};

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  close(1, 0, 1);
});
