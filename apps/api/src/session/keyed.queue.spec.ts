import { KeyedQueue } from './keyed.queue.js';

const gate = (): { opened: Promise<void>; open: () => void } => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
};

describe('a queue by key', () => {
  it('runs work of one key in order, one at a time', async () => {
    const queue = new KeyedQueue();
    const { opened, open } = gate();
    const seen: string[] = [];

    const first = queue.run('a', async () => {
      seen.push('first begins');
      await opened;
      seen.push('first ends');
    });
    const second = queue.run('a', () => Promise.resolve(seen.push('second')));
    await queue.run('b', () => Promise.resolve(seen.push('another key')));
    open();
    await Promise.all([first, second]);

    expect(seen).toEqual(['first begins', 'another key', 'first ends', 'second']);
  });

  it('goes on after work that failed, and hands the failure to its caller', async () => {
    const queue = new KeyedQueue();
    const failing = queue.run('a', () => Promise.reject(new Error('mine')));
    const next = queue.run('a', () => Promise.resolve('done'));

    await expect(failing).rejects.toThrow('mine');
    await expect(next).resolves.toBe('done');
  });
});
