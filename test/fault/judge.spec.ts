import type { Deed, Operation, Result } from './history/history.js';
import { judge, type Verdict } from './history/judge.js';
import type { Shadow } from './history/updates.js';

let serial = 0;

const asked = (deed: Deed, position: number, result: Result = 'ok', key = 'p'): Operation => {
  serial += 1;
  return { token: `t${serial}`, serial, key, deed, t0: serial, t1: serial + 0.5, result, position };
};
const edit = (position: number, result?: Result): Operation => asked({ kind: 'edit', fields: ['a'] }, position, result);
const view = (position: number, result?: Result): Operation => asked({ kind: 'view' }, position, result);
const price = (value: number, isSettled = false, result?: Result): Operation =>
  asked({ kind: 'price', price: value, isSettled }, 0, result);

const BORN: Shadow = { version: 1, views: 0, price: 0 };
const at = (applied: number, fields: Shadow): Shadow => ({ ...BORN, ...fields, log: { applied } });
const judged = (history: readonly Operation[], ...states: Shadow[]): Omit<Verdict, 'findings'> => {
  const { findings, ...verdict } = judge({ history, states: new Map([['p', [BORN, ...states]]]) });
  expect(findings.length > 0).toBe(verdict.lost + verdict.doubled + verdict.regressed + verdict.stale > 0);
  return verdict;
};
const SOUND = { lost: 0, doubled: 0, regressed: 0, stale: 0 };

describe('the judge', () => {
  it('finds nothing wrong where each operation took effect once, however they were merged', () => {
    const [one, two] = [edit(11), edit(12)];
    const history = [view(10), one, two, view(13), price(5), view(14)];
    const states = [at(13, { views: 2, a: two.token }), at(13, { views: 2, a: two.token, price: 5 })];
    expect(judged(history, ...states, at(14, { views: 3, a: two.token, price: 5 }))).toMatchObject(SOUND);
  });

  it.each<[string, Operation[], (operations: Operation[]) => Shadow[], object]>([
    ['a view that is missing', [view(1), view(2)], () => [at(2, { views: 1 })], { lost: 1 }],
    ['a view that is there twice', [view(1)], () => [at(1, { views: 2 })], { doubled: 1 }],
    ['a view that was refused', [view(0, 'fail')], () => [at(1, { views: 1 })], { doubled: 1 }],
    ['a bulk that was applied again', [view(1)], () => [at(1, { views: 1 }), at(1, { views: 2 })], { doubled: 1 }],
    ['a write that was never applied', [view(1), edit(2)], () => [at(1, { views: 1 })], { lost: 1 }],
    ['an edit that is missing', [edit(1)], () => [at(1, {})], { lost: 1 }],
    ['an edit by an earlier one', [edit(1), edit(2)], ([first]) => [at(2, { a: first?.token })], { lost: 1 }],
    [
      'an edit that comes again',
      [edit(1), edit(2)],
      ([first, second]) => [at(1, { a: first?.token }), at(2, { a: second?.token }), at(1, { a: first?.token })],
      { regressed: 2 },
    ],
    ['a price that was undone', [price(5), price(6)], () => [{ ...BORN, price: 6 }, BORN], { stale: 2 }],
    ['a price that is missing', [price(5)], () => [], { stale: 1 }],
    [
      'a price before what was pending',
      [view(7), price(5, true)],
      () => [{ ...BORN, price: 5 }, at(7, { views: 1, price: 5 })],
      { stale: 1 },
    ],
  ])('finds %s', (_what, history, states, expected) => {
    expect(judged(history, ...states(history))).toMatchObject({ ...SOUND, ...expected });
  });

  it('lets what nobody knows be there or not, but once', () => {
    const history = [view(0, 'unknown'), view(0, 'unknown'), edit(3, 'unknown')];
    expect(judged(history)).toMatchObject(SOUND);
    expect(judged(history, at(3, { views: 2, a: history[2]?.token }))).toMatchObject(SOUND);
    expect(judged(history, at(3, { views: 3 }))).toMatchObject({ doubled: 1 });
  });
});
