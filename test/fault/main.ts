import { inspect } from 'node:util';
import { campaign } from './scenarios/campaign.js';
import { scenarios } from './scenarios/all.js';
import { randomFrom } from '../support/random.js';
import { type Found, isSound, type Scenario, together } from './scenario.js';

interface Asked {
  readonly scenarios: readonly string[];
  readonly seed: number;
  readonly times: number;
  readonly isShort: boolean;
}

class ScenarioUnknownError extends Error {}

const named = (id: string): Scenario => {
  const found = scenarios.find((scenario) => scenario.id.toLowerCase() === id.toLowerCase());
  if (!found)
    throw new ScenarioUnknownError(`There is no scenario "${id}": ${scenarios.map((each) => each.id).join(', ')}.`);
  return found;
};

const lineOf = (scenario: string, runs: number, found: Found): string => {
  const { operations, acknowledged, lost, doubled, regressed, stale } = found;
  const counts = { operations, acknowledged, lost, doubled, regressed, stale };
  const verdict = isSound(found) ? 'passed' : 'failed';
  return JSON.stringify({ scenario, runs, faults: found.faults.length, ...counts, verdict });
};

/** Runs scenarios in full, and prints what came of each; the last line is of all of them. Answers the exit code. */
export const runScenarios = async ({ scenarios: ids, seed, times, isShort }: Asked): Promise<number> => {
  const asked = ids.length > 0 ? ids.map(named) : scenarios.filter((scenario) => scenario !== campaign);
  const random = randomFrom(seed);
  const all: Found[] = [];
  process.stdout.write(`seed ${seed}\n`);
  for (const scenario of asked) {
    process.stdout.write(`\n${scenario.id}: ${scenario.about}\n`);
    const founds: Found[] = [];
    for (let time = 1; time <= times; time += 1) {
      const runSeed = time === 1 && asked.length === 1 ? seed : Math.floor(random() * 2 ** 31);
      const began = performance.now();
      const found = await scenario.run({
        ...(isShort ? scenario.short : scenario.full),
        seed: runSeed,
        isTimed: !isShort,
        say: (line) => void process.stdout.write(`  ${((performance.now() - began) / 1_000).toFixed(1)} s  ${line}\n`),
      });
      founds.push(found);
      const facts = Object.entries({ unknown: found.unknown, dead: found.dead, ...found.facts });
      process.stdout.write(`  seed ${runSeed}: ${facts.map(([name, value]) => `${name} ${value}`).join(', ')}\n`);
      for (const sentence of [...found.violations, ...found.findings]) process.stdout.write(`  ✗ ${sentence}\n`);
      if (found.kept !== undefined) process.stdout.write(`  the history is in ${found.kept}\n`);
    }
    all.push(...founds);
    if (asked.length > 1) process.stdout.write(`  ${lineOf(scenario.id, times, together(founds))}\n`);
  }
  const whole = together(all);
  process.stdout.write(`\n${lineOf(asked.map(({ id }) => id).join(','), asked.length * times, whole)}\n`);
  return isSound(whole) ? 0 : 1;
};

const endAll = (name: string): void => {
  process.stderr.write(`Ended by ${name}; what was running is not judged.\n`);
  process.exit(1); // servers and processes end with the one that started them
};
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, endAll);
try {
  process.exitCode = await runScenarios(JSON.parse(process.argv[2] ?? '{}') as Asked);
} catch (error) {
  process.stderr.write(`${error instanceof ScenarioUnknownError ? error.message : inspect(error)}\n`);
  process.exitCode = error instanceof ScenarioUnknownError ? 2 : 1;
}
