import { seedOfRun } from '../support/random.js';
import type { Scenario } from './scenario.js';

const WITHIN_MS = 600_000; // a minute at most where the machine does nothing else

/** A test of each scenario, shortened, that fails with what was wrong and where the history is. */
export const itEndures = (scenarios: readonly Scenario[]): void => {
  const seed = seedOfRun();
  it.each(scenarios.map((scenario) => ({ ...scenario, seed })))(
    '$id: $about (LARDER_SEED $seed)',
    async (scenario) => {
      const said: string[] = [];
      const found = await scenario.run({
        ...scenario.short,
        seed,
        isTimed: false,
        say: (line) => void said.push(line),
      });
      const { lost, doubled, regressed, stale, findings, violations, kept } = found;
      expect({ lost, doubled, regressed, stale, findings, violations, kept, said }).toEqual({
        ...{ lost: 0, doubled: 0, regressed: 0, stale: 0, findings: [], violations: [], kept: undefined },
        said: expect.any(Array) as string[],
      });
      expect(found.acknowledged).toBeGreaterThan(0);
    },
    WITHIN_MS,
  );
};
