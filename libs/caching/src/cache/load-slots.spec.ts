import { jest } from '@jest/globals';
import { LoadSlots } from './load-slots.js';

describe('slots for loads', () => {
  it('are given in the order in which they were asked for', async () => {
    const slots = new LoadSlots();
    const order: string[] = [];
    expect(await slots.enter(1, 1_000)).toBe(true);
    const first = slots.enter(1, 1_000).then((had) => order.push(`first ${had}`));
    const second = slots.enter(1, 1_000).then((had) => order.push(`second ${had}`));

    slots.leave();
    await first;
    expect(order).toEqual(['first true']);
    slots.leave();
    await second;
    slots.leave();

    expect(order).toEqual(['first true', 'second true']);
    expect(await slots.enter(1, 1_000)).toBe(true);
  });

  it('are not waited for longer than the caller can', async () => {
    jest.useFakeTimers();
    const slots = new LoadSlots();
    await slots.enter(1, 1_000);
    const late = slots.enter(1, 1_000);
    jest.advanceTimersByTime(1_000);
    jest.useRealTimers();

    expect(await late).toBe(false);
    slots.leave();
    expect(await slots.enter(1, 1_000)).toBe(true);
  });
});
