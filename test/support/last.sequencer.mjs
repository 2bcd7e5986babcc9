import { basename } from 'node:path';
import Sequencer from '@jest/test-sequencer';

const LAST = 'z-documented-answers.e2e-spec.ts';

/** Jest's own order, but for the spec that looks at what all other end-to-end specs have got: that one starts last. */
export default class LastSequencer extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    // Read by the set-up and, in the workers that start later, by the last spec.
    process.env.LARDER_SPECS = JSON.stringify(sorted.map(({ path }) => path));
    const isLast = ({ path }) => basename(path) === LAST;
    return [...sorted.filter((test) => !isLast(test)), ...sorted.filter(isLast)];
  }
}
