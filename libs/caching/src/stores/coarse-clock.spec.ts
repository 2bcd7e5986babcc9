import { jest } from '@jest/globals';
import { CoarseClock } from './coarse-clock.js';

/** Lets time pass as it does while the event loop is blocked: no timer runs. */
const block = (ms: number): void => {
  const past = performance.now() + ms;
  jest.spyOn(performance, 'now').mockImplementation(() => past);
};

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('a coarse clock', () => {
  it('is read anew once a millisecond has passed, and rounds up', () => {
    jest.useFakeTimers();
    const clock = new CoarseClock();

    for (let round = 0; round < 5; round += 1) {
      expect(clock.now()).toBe(Math.ceil(performance.now()));
      jest.advanceTimersByTime(1.5);
    }
  });

  it('goes on after a timer that found it void already', () => {
    jest.useFakeTimers();
    const clock = new CoarseClock();

    for (let uses = 0; uses < 20; uses += 1) clock.now();
    jest.advanceTimersByTime(10);
    clock.now();
    jest.advanceTimersByTime(10);

    expect(clock.now()).toBe(Math.ceil(performance.now()));
  });

  it('tells a turn that blocks the old time fifteen times more at most', () => {
    jest.useFakeTimers();
    const clock = new CoarseClock();
    const before = clock.now();

    block(300);
    const told = Array.from({ length: 40 }, () => clock.now());

    expect(told.filter((now) => now === before)).toHaveLength(15);
    expect(told.slice(15).every((now) => now >= before + 300)).toBe(true);
  });
});
