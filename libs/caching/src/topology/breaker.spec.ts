import { Breaker } from './breaker.js';

const anOpened = (probe: () => Promise<void>, isSettled?: () => boolean) => {
  const changes: boolean[] = [];
  let closed: () => void = () => undefined;
  const closing = new Promise<void>((resolve) => (closed = resolve));
  const breaker = new Breaker(
    probe,
    (isOpen) => {
      changes.push(isOpen);
      if (!isOpen) closed();
    },
    isSettled,
  );
  breaker.failed(new Error('no answer'));
  return { breaker, changes, closing };
};

describe('a breaker', () => {
  it('opens once and closes when a probe succeeds', async () => {
    let probes = 0;
    const { breaker, changes, closing } = anOpened(() => {
      probes += 1;
      return probes < 3 ? Promise.reject(new Error('still away')) : Promise.resolve();
    });
    breaker.failed(new Error('again'));
    expect(breaker.isOpen).toBe(true);

    await closing;

    expect(breaker.isOpen).toBe(false);
    expect([probes, changes]).toEqual([3, [true, false]]);
  });

  it('does not close over what came up while it was probed', async () => {
    let waiting = 2;
    const { closing } = anOpened(
      () => Promise.resolve(void (waiting -= 1)),
      () => waiting === 0,
    );

    await closing;

    expect(waiting).toBe(0);
  });
});
