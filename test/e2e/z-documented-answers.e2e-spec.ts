import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { operationsOf } from '../support/e2e/api.document.js';
import { closeInstances, theInstances } from '../support/e2e/instances.js';
import { endedSoFar, reachedSoFar } from '../support/e2e/reached.js';
import { until } from '../support/until.js';
import { NOT_REACHED } from './not-reached.js';

const SUITE_WITHIN_MS = 60_000;
const THIS = basename(import.meta.filename);

const suite = (): string[] =>
  readdirSync(dirname(import.meta.filename)).filter((name) => name.endsWith('.e2e-spec.ts') && name !== THIS);
const running = (): string[] => {
  const specs = JSON.parse(process.env['LARDER_SPECS'] ?? '[]') as string[];
  const chosen = new Set(specs.map((path) => basename(path)));
  return suite().filter((name) => chosen.has(name));
};

// Started last (test/support/last.sequencer.mjs); specs in other processes may still be under way then.
describe('after all other specs, the documented answers', () => {
  let documented: string[];
  let reached: Set<string>;
  const isListed = (answer: string): boolean =>
    NOT_REACHED.some(
      ({ route, status }) => answer === `${route} ${status}` || (route === '*' && answer.endsWith(` ${status}`)),
    );

  beforeAll(async () => {
    const { document } = await theInstances(import.meta.filename);
    documented = operationsOf(document).flatMap(({ name, responses }) =>
      Object.keys(responses).map((status) => `${name} ${status}`),
    );
    const all = running();
    await until(() => all.every((name) => endedSoFar().has(name)), { withinMs: SUITE_WITHIN_MS });
    reached = reachedSoFar();
  }, SUITE_WITHIN_MS);
  afterAll(() => closeInstances(import.meta.filename));

  // A run of a part of the suite cannot tell what the rest would have reached.
  if (running().length === suite().length) {
    it('were each got by some spec, or are listed with the reason why not', () => {
      expect(documented.filter((answer) => !reached.has(answer) && !isListed(answer))).toEqual([]);
    });
  }

  it('that are listed as not reached were not reached', () => {
    expect([...reached].filter(isListed)).toEqual([]);
  });

  it('that are listed as not reached are documented', () => {
    const unknown = NOT_REACHED.filter(({ route, status }) =>
      documented.every((answer) => (route === '*' ? !answer.endsWith(` ${status}`) : answer !== `${route} ${status}`)),
    );
    expect(unknown).toEqual([]);
  });
});
