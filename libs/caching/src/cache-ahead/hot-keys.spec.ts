import { HotKeys } from './hot-keys.js';

describe('the hottest keys', () => {
  it('are told by rank, the hottest first', () => {
    const hot = new HotKeys(10);
    hot.offer('a', 1);
    hot.offer('b', 3);
    hot.offer('c', 2);
    hot.offer('a', 4);
    expect(hot.top(2)).toEqual([
      ['a', 4],
      ['b', 3],
    ]);
    expect(hot.top(10, 3)).toHaveLength(2);
  });

  it('are kept while any number of cold ones pass, in bounded room', () => {
    const hot = new HotKeys(100);
    for (let number = 0; number < 100; number += 1) hot.offer(`hot-${number}`, 10);
    for (let number = 0; number < 100_000; number += 1) hot.offer(`cold-${number}`, 1);
    expect(hot.size).toBeLessThanOrEqual(200);
    expect(hot.top(100).every(([key]) => key.startsWith('hot-'))).toBe(true);
  });

  it('give way to hotter ones', () => {
    const hot = new HotKeys(100);
    for (let number = 0; number < 300; number += 1) hot.offer(`old-${number}`, 1);
    for (let number = 0; number < 100; number += 1) hot.offer(`new-${number}`, 2);
    expect(hot.top(100).every(([key]) => key.startsWith('new-'))).toBe(true);
  });
});
