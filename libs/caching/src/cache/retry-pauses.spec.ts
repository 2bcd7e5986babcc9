import { jest } from '@jest/globals';
import { RetryPauses } from './retry-pauses.js';

describe('pauses after failed loads', () => {
  beforeEach(() => jest.useFakeTimers({ now: 0 }));
  afterEach(() => jest.useRealTimers());

  it('last one second, or until the load succeeds', () => {
    const pauses = new RetryPauses();
    pauses.failed('a');
    pauses.failed('b');
    pauses.succeeded('b');
    expect(['a', 'b', 'c'].map((name) => pauses.isPaused(name))).toEqual([true, false, false]);

    jest.advanceTimersByTime(1_000);
    expect(pauses.isPaused('a')).toBe(false);
  });

  it('are forgotten when they are over, however many names have failed once', () => {
    const pauses = new RetryPauses();
    for (let second = 0; second < 10; second += 1) {
      for (let at = 0; at < 1_000; at += 1) pauses.failed(`${second}-${at}`);
      jest.advanceTimersByTime(1_001);
    }
    pauses.failed('last');

    expect(pauses.size).toBe(1);
  });
});
