import { isAfter } from '../region/position.js';
import { partitionOf } from '../region/partition.js';
import { TagLog } from './tag-log.js';

const TAGS = Array.from({ length: 12 }, (_, number) => `tag-${number}`);
const numbersOf = (position: string): [number, number] => position.split('-').map(Number) as [number, number];

/** The same numbers every time. */
const numbers = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

describe('what a node knows of tags', () => {
  it('is quiet only where each tag of the partition has a record that says that nothing happened', () => {
    let quiet = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      const log = new TagLog();
      const next = numbers(seed);
      const aPosition = (): string => `${next(6)}-${next(4)}`;
      for (let step = 0; step < 8; step += 1) {
        const tag = TAGS[next(TAGS.length)] ?? '';
        if (next(4) === 0) log.beginAt(partitionOf(tag), aPosition());
        else log.note(tag, next(2) === 0 ? 'removed' : 'staled', aPosition());
      }
      for (const tag of TAGS) {
        const [floor, later] = [aPosition(), aPosition()].sort((a, b) => (isAfter(a, b) ? 1 : -1)) as [string, string];
        if (!log.isQuietSince(partitionOf(tag), ...numbersOf(floor))) continue;
        quiet += 1;
        for (const before of [floor, later]) {
          const record = log.since(tag, before);
          expect(record).toBeDefined();
          expect(record && (isAfter(record.removed, before) || isAfter(record.staled, before))).toBe(false);
          expect(log.hasHeardOf(tag, before)).toBe(false);
        }
      }
    }
    expect(quiet).toBeGreaterThan(300);
  });

  it('is quiet from the position of what was last said on, and not before', () => {
    const log = new TagLog();
    log.beginAt(partitionOf('a'), '5-1');
    log.note('a', 'removed', '7-2');

    const isQuiet = (position: string): boolean => log.isQuietSince(partitionOf('a'), ...numbersOf(position));

    expect(['5-1', '6-9', '7-1', '7-2', '7-3', '8-0'].map(isQuiet)).toEqual([false, false, false, true, true, true]);
    expect(log.isQuietSince(partitionOf('a'), NaN, 0)).toBe(false);
    expect(log.isQuietSince(64, 9, 9)).toBe(false);
  });
});
