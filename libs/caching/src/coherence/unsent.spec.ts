import { Unsent } from './unsent.js';

const NOTHING = { names: [], tags: [], prefixes: [], isEverything: false };

describe('invalidations that wait', () => {
  it('are one a name, by the widest of its bounds', () => {
    const unsent = new Unsent();
    for (const [name, below] of [
      ['r.1:a', 3],
      ['r.1:a', 5],
      ['r.1:a', 4],
      ['r.1:b', 3],
      ['r.1:b', 0],
      ['r.1:b', 9],
    ] as const)
      unsent.name(name, below, 'r.1');

    expect(unsent.take(10)).toEqual({
      ...NOTHING,
      names: [
        ['r.1:a', 5],
        ['r.1:b', 0],
      ],
    });
    expect(unsent.size).toBe(0);
  });

  it('are handed over some at a time', () => {
    const unsent = new Unsent();
    for (let at = 0; at < 5; at += 1) unsent.tag(`t${at}`, true);
    unsent.tag('t0', false);

    expect(unsent.take(3).tags).toEqual([
      ['t0', false],
      ['t1', true],
      ['t2', true],
    ]);
    expect(unsent.take(3).tags).toHaveLength(2);
  });

  it('become the whole region past 100,000 names of it, and leave the others', () => {
    const unsent = new Unsent();
    unsent.name('other.1:a', 0, 'other.1');
    for (let at = 0; at < 100_000; at += 1) unsent.name(`r.1:${at}`, 0, 'r.1');

    expect(unsent.take(10)).toEqual({ ...NOTHING, names: [['other.1:a', 0]], prefixes: ['r.1'] });
  });

  it('become everything past 100,000 tags', () => {
    const unsent = new Unsent();
    for (let at = 0; at <= 100_000; at += 1) unsent.tag(String(at), false);

    expect(unsent.size).toBe(1);
    expect(unsent.take(10)).toEqual({ ...NOTHING, isEverything: true });
    expect(unsent.size).toBe(0);
  });
});
