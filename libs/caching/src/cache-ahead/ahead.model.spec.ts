import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { aheadOf } from '../region/ahead.js';
import { AheadModel } from './ahead.model.js';

const NOW = 1_700_000_000_000;
const SECOND = 1_000;
const aModel = (): AheadModel => new AheadModel(aheadOf({}));
const walk = (model: AheadModel, visitor: string, ...keys: string[]): void => {
  for (const [step, key] of keys.entries()) model.learn({ key, visitor, at: NOW + step * SECOND });
};
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const megabytes = (): number => {
  collect();
  return process.memoryUsage().heapUsed / 1_048_576;
};

describe('what is learned', () => {
  it('guesses what goes with the whole trail, the likeliest first', () => {
    const model = aModel();
    for (let visitor = 0; visitor < 4; visitor += 1) walk(model, `v${visitor}`, 'bed', 'mattress');
    for (let visitor = 0; visitor < 2; visitor += 1) walk(model, `w${visitor}`, 'bed', 'lamp');
    model.trails.takeActive();
    walk(model, 'new', 'bed');
    const keys = model.guesses(NOW, 0).map(({ key }) => key);
    expect(keys).toEqual(['mattress', 'lamp', 'bed']);
    expect(model.guesses(NOW, 0)).toEqual([]); // nobody has read since
  });

  it('counts readers whom nobody knows, and guesses nothing for them', () => {
    const model = aModel();
    walk(model, '', 'bed', 'bed', 'bed');
    expect(model.guesses(NOW, 0)).toEqual([]);
    expect(model.hottest(10, 2, NOW)).toMatchObject([{ key: 'bed' }]);
    expect(model.graph.size).toBe(0);
  });

  it('neither counts nor guesses for one who walks through everything', () => {
    const model = aModel();
    walk(model, 'bot', ...Array.from({ length: 1_000 }, (_, number) => `p-${number}`));
    expect(model.guesses(NOW, 0)).toEqual([]);
    expect(model.hot.size).toBe(200);
    expect(model.hottest(1_000, 2, NOW)).toEqual([]);
  });

  it('takes the same room for a million keys as for some', () => {
    const model = aModel();
    const learnUpTo = (from: number, to: number): number => {
      for (let number = from; number < to; number += 1) {
        model.learn({
          key: `{"id":"p-${number}"}`,
          visitor: number % 5 < 4 ? '' : `v${Math.floor(number / 20)}`,
          at: NOW + number,
        });
        if (number % 10_000 === 0) model.graph.takeChanges(NOW); // as a tick does
      }
      model.trails.takeActive();
      return megabytes();
    };
    const some = learnUpTo(0, 100_000);
    const million = learnUpTo(100_000, 1_000_000);
    expect(million - some).toBeLessThan(10);
    expect(model.graph.size).toBeLessThanOrEqual(25_000);
    expect(model.hot.size).toBeLessThanOrEqual(2_048);
    expect(model.trails.size).toBeLessThanOrEqual(20_000);
  }, 120_000);
});
